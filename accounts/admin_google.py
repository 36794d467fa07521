"""The back office for Google accounts and connect links: to look at, to check, to disconnect."""

from collections.abc import Callable
from typing import Any, cast

from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from accounts import wording
from accounts.google.scopes import Capability
from accounts.links import LinkStatus, status_of
from accounts.models import ConnectLink, Credential, User
from accounts.services import credentials
from core.admin import ReadOnlyAdmin
from core.errors import ExpectedError
from core.templatetags.format import ago

# allauth keeps who signs in how; its app stands in the settings, and it keeps no tokens.
for model in (SocialAccount, SocialApp, SocialToken):
    admin.site.unregister(model)

AT_ONCE = 100

_LINK_WORDS = {
    LinkStatus.PENDING: _("open"),
    LinkStatus.CONNECTED: pgettext_lazy("link", "connected"),
    LinkStatus.EXPIRED: pgettext_lazy("link", "expired"),
    LinkStatus.FAILED: _("failed"),
}


@admin.register(Credential)
class CredentialAdmin(ReadOnlyAdmin):
    """Never its tokens: they are not even read from the database here."""

    list_display = (
        "email",
        "owner",
        "tenant_id",
        "status",
        "can",
        "last_used",
        "connected_at",
    )
    list_select_related = ("owner",)
    list_filter = ("status", "enabled", "connected_at")
    search_fields = ("email", "tenant_id", "owner__username", "owner__email")
    search_help_text = _("E-mail of the account, tenant, or whose it is")
    date_hierarchy = "connected_at"
    ordering = ("-id",)
    actions = ("check_with_google", "disconnect")
    fieldsets = (
        (None, {"fields": ("email", "name", "owner", "tenant_id", "hosted_domain", "google_sub")}),
        (_("Now"), {"fields": ("status", "enabled", "last_error")}),
        (_("What Google allows"), {"fields": ("capabilities", "missing", "scopes")}),
        (_("Times"), {"fields": (
            "connected_at", "last_used_at", "last_refreshed_at", "expires_at", "created_at",
        )}),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Credential]:
        rows: QuerySet[Credential] = super().get_queryset(request)
        return rows

    @admin.display(description=_("permissions"))
    def can(self, credential: Credential) -> str:
        """How many of those the pages ask for, so that a row stays a row."""
        asked = [one for one in Capability if one != Capability.DRIVE_UPLOAD]
        have = [one for one in credential.capabilities if one in asked]
        return f"{len(have)} / {len(asked)}"

    @admin.display(description=_("last used"), ordering="last_used_at")
    def last_used(self, credential: Credential) -> str:
        return ago(credential.last_used_at)

    @admin.display(description=_("granted"))
    def capabilities(self, credential: Credential) -> str:
        return _named(credential.capabilities)

    @admin.display(description=_("not granted"))
    def missing(self, credential: Credential) -> str:
        return _named(credential.missing)

    @admin.display(description=_("in Google’s words"))
    def scopes(self, credential: Credential) -> str:
        return "\n".join(credential.granted_scopes)

    @admin.action(description=_("Check the selected accounts with Google"))
    def check_with_google(self, request: HttpRequest, queryset: QuerySet[Credential]) -> None:
        done = _each(self, request, queryset, credentials.check_credential)
        said = ngettext("%(count)d account checked.", "%(count)d accounts checked.", done)
        self.message_user(request, said % {"count": done})

    @admin.action(description=_("Disconnect the selected accounts…"))
    def disconnect(
        self, request: HttpRequest, queryset: QuerySet[Credential]
    ) -> HttpResponse | None:
        """Asks first: only its owner can connect an account again."""
        if "confirmed" not in request.POST:
            return _ask_first(self, request, queryset)
        done = _each(self, request, queryset, credentials.disconnect_credential)
        said = ngettext(
            "%(count)d account disconnected.", "%(count)d accounts disconnected.", done
        )
        self.message_user(request, said % {"count": done})
        return None


@admin.register(ConnectLink)
class ConnectLinkAdmin(ReadOnlyAdmin):
    """Who asked whom; the link itself is known to nobody any more."""

    list_display = ("id", "owner", "tenant_id", "state", "credential", "created_at", "expires_at")
    list_select_related = ("owner", "credential")
    list_filter = ("created_at", "used_at")
    search_fields = ("=id", "tenant_id", "owner__username", "owner__email", "login_hint")
    search_help_text = _("Number, tenant, account, or who asks")
    ordering = ("-id",)
    fields = (
        "owner",
        "tenant_id",
        "asked",
        "login_hint",
        "return_url",
        "state",
        "problem",
        "credential",
        "created_at",
        "expires_at",
        "used_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConnectLink]:
        rows: QuerySet[ConnectLink] = super().get_queryset(request)
        return rows.defer("digest")

    @admin.display(description=_("state"))
    def state(self, link: ConnectLink) -> str:
        return str(_LINK_WORDS[status_of(link)])

    @admin.display(description=_("permissions"))
    def asked(self, link: ConnectLink) -> str:
        return ", ".join(link.bundles)


def _named(capabilities: list[Capability]) -> str:
    return "\n".join(str(wording.CAPABILITIES[one]) for one in capabilities)


def _each(
    site: ReadOnlyAdmin,
    request: HttpRequest,
    selected: QuerySet[Credential],
    work: Callable[..., object],
) -> int:
    """How many it was done to; why not, is said for each of the others."""
    done = 0
    for credential in selected.order_by("-id")[:AT_ONCE]:
        try:
            work(by=cast("User", request.user), credential=credential)
        except ExpectedError as refusal:
            site.message_user(request, f"{credential}: {refusal}", messages.WARNING)
        else:
            done += 1
            site.log_change(request, credential, [{"changed": {"fields": ["status"]}}])
    return done


def _ask_first(
    site: ReadOnlyAdmin, request: HttpRequest, selected: QuerySet[Credential]
) -> HttpResponse:
    context: dict[str, Any] = site.admin_site.each_context(request) | {
        "title": _("Disconnect Google accounts"),
        "opts": site.opts,
        "credentials": list(selected.order_by("-id")[:AT_ONCE]),
        "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/accounts/credential/disconnect.html", context)
