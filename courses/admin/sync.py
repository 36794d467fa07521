"""Synchronisations: how far they are, why they failed, and asking for them again."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from core.models import Status
from core.templatetags.format import ago, span
from courses.admin import actions as bulk
from courses.admin.base import CoursesAdmin, narrowing, short, state
from courses.models import Sync
from courses.problems import PROBLEMS, explain


class CauseFilter(admin.SimpleListFilter):
    """By error code: a closed list, so that the page need not ask the table which there are."""

    title = _("cause")
    parameter_name = "error_code"
    template = "admin/closed_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(code, code) for code in PROBLEMS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Sync]) -> QuerySet[Sync]:
        return queryset.filter(error_code=self.value()) if self.value() else queryset


@admin.register(Sync)
class SyncAdmin(CoursesAdmin):
    list_display = (
        "number", "credential_link", "owner", "of", "sync_state", "progress", "cause",
        "read", "age",
    )  # fmt: skip
    list_select_related = ("credential__owner", "course", "requested_by")
    list_filter = ("status", "full", CauseFilter)
    search_fields = (
        "credential__email", "credential__owner__username", "course__search_text", "=id",
    )  # fmt: skip
    search_help_text = _("Account, owner, words of the course, or number")
    date_hierarchy = "created_at"
    narrows = frozenset({"credential__id__exact"})
    actions = ("retry", "cancel")
    offers = (("retry", _("Synchronise again")), ("cancel", _("Stop")))
    fieldsets = (
        (None, {"fields": ("credential", "owner", "of", "full", "requested_by")}),
        (_("Now"), {"fields": (
            "sync_state", "progress", "now_reading", "wait_reason", "cause", "advice",
            "error_detail", "attempt", "run", "handed_back", "worker", "held_until",
        )}),
        (_("Read"), {"fields": ("items_seen", "videos_found", "changes", "calls")}),
        (_("Times"), {"fields": (
            "created_at", "available_at", "started_at", "finished_at", "took",
        )}),
    )  # fmt: skip

    @admin.display(description="#", ordering="id")
    def number(self, sync: Sync) -> str:
        return f"#{sync.pk}"

    @admin.display(description=_("Google account"), ordering="credential__email")
    def credential_link(self, sync: Sync) -> SafeString:
        return narrowing("credential__id__exact", sync.credential_id, sync.credential.email)

    @admin.display(description=_("owner"), ordering="credential__owner__username")
    def owner(self, sync: Sync) -> str:
        return str(sync.credential.owner)

    @admin.display(description=_("what"))
    def of(self, sync: Sync) -> str:
        return short(sync.course) if sync.course else str(_("all courses"))

    @admin.display(description=_("state"), ordering="status")
    def sync_state(self, sync: Sync) -> SafeString:
        more = sync.holder[:12] if sync.status == Status.RUNNING else ""
        if sync.status == Status.QUEUED and not sync.credential.is_active:
            more = str(_("waits for its account"))
        return state(sync.status, sync.get_status_display(), more)

    @admin.display(description=_("progress"))
    def progress(self, sync: Sync) -> SafeString | str:
        if not sync.courses_total:
            return ""
        return format_html(
            '<progress max="{}" value="{}"></progress> {} / {}',
            sync.courses_total,
            sync.courses_done,
            sync.courses_done,
            sync.courses_total,
        )

    @admin.display(description=_("read"), ordering="items_seen")
    def read(self, sync: Sync) -> str:
        told = _("%(posts)d posts, %(videos)d videos")
        return told % {"posts": sync.items_seen, "videos": sync.videos_found}

    @admin.display(description=_("cause"), ordering="error_code")
    def cause(self, sync: Sync) -> SafeString | str:
        if not sync.error_code:
            return ""
        said = explain(sync.error_code).message
        return format_html("<code>{}</code><br>{}", sync.error_code, said)

    @admin.display(description=_("what to do"))
    def advice(self, sync: Sync) -> str:
        return str(explain(sync.error_code).advice) if sync.error_code else ""

    @admin.display(description=_("worker"))
    def worker(self, sync: Sync) -> str:
        return sync.holder

    @admin.display(description=_("held until"))
    def held_until(self, sync: Sync) -> str:
        until = sync.lease_until
        return date_format(localtime(until), "DATETIME_FORMAT") if until else "–"

    @admin.display(description=_("took"))
    def took(self, sync: Sync) -> str:
        if sync.started_at is None or sync.finished_at is None:
            return ""
        return span((sync.finished_at - sync.started_at).total_seconds())

    @admin.display(description=_("age"), ordering="id")
    def age(self, sync: Sync) -> str:
        return ago(sync.created_at)

    @admin.action(description=_("Synchronise again"))
    def retry(self, request: HttpRequest, queryset: QuerySet[Sync]) -> None:
        bulk.retry(self, request, queryset)

    @admin.action(description=_("Stop the selected synchronisations"))
    def cancel(self, request: HttpRequest, queryset: QuerySet[Sync]) -> None:
        bulk.cancel(self, request, queryset)
