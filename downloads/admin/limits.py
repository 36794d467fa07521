"""The back office for limits: of the installation, of one person, and sites left alone."""

from collections.abc import Callable, Iterator
from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Power
from core.admin import ReadOnlyAdmin, StaffAdmin
from core.templatetags.format import ago, filesize, span, speed
from downloads.models import DownloadPolicy, HostPause, UserLimits
from downloads.models.limits import HostPauseQuerySet
from downloads.selectors import limits as selectors
from downloads.services import limits
from downloads.taxonomy import explain

# How the value of the environment is written at each field that may be left empty.
WORDED: dict[str, Callable[[float], str]] = {
    "max_running": "{}".format,
    "max_running_per_user": "{}".format,
    "max_running_per_host": "{}".format,
    "max_bytes": filesize,
    "max_duration_seconds": span,
    "quota_bytes": filesize,
    "min_free_bytes": filesize,
    "bandwidth_bytes_per_second": speed,
}


def _said_of(name: str) -> Iterator[str]:
    """The unit of a field, and what holds where it is left empty."""
    if name.endswith("_bytes"):
        yield gettext("In bytes.")
    value = getattr(limits.limits_of(DownloadPolicy()), name)
    shown = gettext("no limit") if value is None else WORDED[name](value)
    yield gettext("Empty: %(value)s.") % {"value": shown}


@admin.register(DownloadPolicy)
class DownloadPolicyAdmin(StaffAdmin):
    """One row. What is left empty is as the environment says, and each field says what that is."""

    needs = Power.SETTINGS
    fieldsets = (
        (None, {"fields": ("paused",)}),
        (
            _("At once"),
            {"fields": ("max_running", "max_running_per_user", "max_running_per_host")},
        ),
        (_("Hours"), {"fields": (("hours_from", "hours_until"),)}),
        (
            _("What is fetched"),
            {"fields": ("max_bytes", "max_duration_seconds", "allowed_extensions")},
        ),
        (
            _("Disk and line"),
            {"fields": ("quota_bytes", "min_free_bytes", "bandwidth_bytes_per_second")},
        ),
    )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name in WORDED:
            words = [db_field.help_text, *_said_of(db_field.name)]
            field.help_text = " ".join(str(word) for word in words if word)
        return field

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is one row, so there is nothing to choose."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        pk = limits.make_policy().pk
        return redirect("admin:downloads_downloadpolicy_change", pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        wanted = {name: form.cleaned_data[name] for name in form.changed_data}
        limits.change_policy(by=cast("User", request.user), **wanted)
        obj.pk = 1


@admin.register(UserLimits)
class UserLimitsAdmin(StaffAdmin):
    needs = Power.SETTINGS
    list_display = ("owner", "paused", "max_running", "space")
    list_filter = ("paused",)
    list_select_related = ("owner",)
    search_fields = ("owner__username", "owner__email")
    autocomplete_fields = ("owner",)
    fieldsets = (
        (
            None,
            {
                "fields": ("owner", "paused", "max_running", "quota_bytes", "used"),
                "description": _("Space in bytes. What is left empty is as for everybody."),
            },
        ),
    )
    readonly_fields = ("used",)

    @admin.display(description=_("space"), ordering="quota_bytes")
    def space(self, own: UserLimits) -> str:
        return filesize(own.quota_bytes) if own.quota_bytes else ""

    @admin.display(description=_("used"))
    def used(self, own: UserLimits) -> str:
        return filesize(selectors.space_of(own.owner).used_bytes) if own.pk else ""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("owner", "used") if obj else ("used",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        facts = {name: form.cleaned_data[name] for name in form.changed_data if name != "owner"}
        own = limits.change_user_limits(by=cast("User", request.user), owner=obj.owner, **facts)
        obj.pk = own.pk

    def delete_model(self, request: HttpRequest, obj: UserLimits) -> None:
        limits.delete_user_limits(by=cast("User", request.user), own=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[UserLimits]) -> None:
        for own in queryset:
            self.delete_model(request, own)


@admin.register(HostPause)
class HostPauseAdmin(ReadOnlyAdmin):
    list_display = ("host", "why", "strikes", "began", "until")
    list_filter = ("reason", "until")
    search_fields = ("host",)
    ordering = ("-until", "host")
    actions = ("lift",)

    @admin.display(description=_("reason"), ordering="reason")
    def why(self, pause: HostPause) -> str:
        return str(explain(pause.reason).message)

    @admin.display(description=_("since"), ordering="since")
    def began(self, pause: HostPause) -> str:
        return ago(pause.since)

    @admin.action(description=_("Try the selected sites again now"))
    def lift(self, request: HttpRequest, queryset: QuerySet[HostPause]) -> None:
        pauses = list(cast("HostPauseQuerySet", queryset)[:100])
        for pause in pauses:
            limits.lift_pause(by=cast("User", request.user), pause=pause)
        number = len(pauses)
        text = ngettext("%(count)d pause lifted.", "%(count)d pauses lifted.", number)
        self.message_user(request, text % {"count": number})
