"""The back office for API keys."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_stubs_ext import StrOrPromise

from accounts.forms_people import NewKeyForm
from accounts.models import ApiKey, User
from accounts.roles import Power
from accounts.services import api_keys
from core.admin import ReadOnlyAdmin, may


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """A key is made and revoked, never changed. Its text is shown once, when it is made."""

    needs = Power.PEOPLE
    form = NewKeyForm
    autocomplete_fields = ("owner",)
    list_display = ("name", "owner", "prefix", "scope_list", "state", "created_at", "last_used_at")
    list_select_related = ("owner",)
    list_filter = ("created_at", "expires_at", "revoked_at")
    search_fields = ("name", "prefix", "owner__username", "owner__email")
    actions = ("revoke",)
    fields = (
        "owner",
        "name",
        "prefix",
        "scope_list",
        "state",
        "created_at",
        "expires_at",
        "last_used_at",
        "revoked_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        return ApiKey.objects.visible_to(cast("User", request.user))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request, self.needs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields if obj else NewKeyForm.Meta.fields

    @admin.display(description=_("scopes"))
    def scope_list(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    @admin.display(description=_("state"))
    def state(self, key: ApiKey) -> StrOrPromise:
        if key.revoked_at:
            return _("revoked")
        expired = key.expires_at is not None and key.expires_at <= timezone.now()
        return _("expired") if expired else _("valid")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        given = form.cleaned_data
        key, secret = api_keys.create_api_key(
            by=cast("User", request.user),
            owner=given["owner"],
            name=given["name"],
            scopes=given["scopes"],
            expires_at=given["expires_at"],
        )
        obj.pk, obj.secret = key.pk, secret

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": _("Copy the key now"),
            "secret": obj.secret,
            "opts": self.opts,
            "key": obj,
        }
        return TemplateResponse(request, "admin/accounts/apikey/created.html", context)

    @admin.action(description=_("Revoke the selected keys"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        keys = list(queryset.filter(revoked_at=None))
        for key in keys:
            api_keys.revoke_api_key(by=cast("User", request.user), key=key)
            self.log_change(request, key, [{"changed": {"fields": ["revoked_at"]}}])
        text = ngettext("%(count)d key revoked.", "%(count)d keys revoked.", len(keys))
        self.message_user(request, text % {"count": len(keys)})
