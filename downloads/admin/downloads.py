"""The back office for downloads: see everything, change nothing by hand, act through services."""

import re
from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import CredentialStatus, User
from core.admin import ReadOnlyAdmin, ReadOnlyInline
from core.models import Status
from core.templatetags.format import ago, filesize, percent
from core.text import normalise
from downloads.admin import actions as bulk
from downloads.models import Download, Transition
from downloads.selectors import downloads as selectors
from downloads.selectors.waits import wait_of
from downloads.taxonomy import ERRORS, explain

# What people are told of a failure: the download and its run.
_REFERENCE = re.compile(r"(?:[\w.]+ )?d(\d{1,18})-\d+", re.ASCII)

COURSE = "course_video__coursework__course__id__exact"


class CauseFilter(admin.SimpleListFilter):
    """By error code: a closed list, so that the page need not ask the table which there are."""

    title = _("cause")
    parameter_name = "error_code"
    template = "admin/closed_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(code, code) for code in ERRORS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Download]) -> QuerySet[Download]:
        return queryset.filter(error_code=self.value()) if self.value() else queryset


class AccountFilter(admin.SimpleListFilter):
    """By what its Google account is worth: which downloads wait for somebody to reconnect."""

    title = _("Google account")
    parameter_name = "account"
    template = "admin/closed_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("none", _("None")), *CredentialStatus.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Download]) -> QuerySet[Download]:
        if self.value() == "none":
            return queryset.filter(credential=None)
        return queryset.filter(credential__status=self.value()) if self.value() else queryset


class TransitionInline(ReadOnlyInline):
    model = Transition
    fields = ("at", "source", "target", "reason", "actor")
    ordering = ("id",)


@admin.register(Download)
class DownloadAdmin(ReadOnlyAdmin):
    list_display = (
        "name",
        "owner_link",
        "origin",
        "source",
        "state",
        "progress",
        "cause",
        "size",
        "attempts",
        "age",
    )
    list_filter = ("status", "source", CauseFilter, AccountFilter, "linked")
    search_fields = ("search_text", "owner__username", "owner__email", "=id")
    search_help_text = _("Title, address, number, reference, or whose it is")
    date_hierarchy = "created_at"
    inlines = (TransitionInline,)
    actions = ("retry", "cancel", "purge")
    fieldsets = (
        (None, {"fields": (
            "url", "title", "owner", "source", "credential", "course_video", "material", "video",
            "linked",
        )}),
        (_("Now"), {"fields": (
            "state", "progress", "waits", "cause", "advice", "error_detail", "attempts",
            "handed_back", "worker", "held_until",
        )}),
        (_("Wanted"), {"fields": ("quality", "format", "audio_only", "subtitles", "priority")}),
        (_("Times"), {"fields": ("created_at", "available_at", "started_at", "finished_at")}),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Download]:
        """Slim rows to be sorted; the rest is joined to those of the page alone."""
        found = selectors.list_downloads(user=cast("User", request.user))
        found = found.defer("search_text", "error_detail", "fingerprint", "source_key")
        return found.select_related(None).prefetch_related(
            "owner",
            "credential",
            "video__file",
            "course_video__coursework__course",
            "material__coursework__course",
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Download], search_term: str
    ) -> tuple[QuerySet[Download], bool]:
        if named := _REFERENCE.fullmatch(search_term.strip()):
            return queryset.filter(id=int(named[1])), False
        return super().get_search_results(request, queryset, normalise(search_term))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        known = {"owner__id__exact", "credential__id__exact", "host", COURSE}
        return lookup in known or super().lookup_allowed(lookup, value, request)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        offered = [
            ("retry", _("Retry")),
            ("cancel", _("Cancel")),
            ("purge", _("Delete the video…")),
        ]
        context = {"service_actions": offered, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    @admin.display(description=_("download"), ordering="id")
    def name(self, download: Download) -> str:
        return Truncator(download).chars(90)

    @admin.display(description=_("owner"), ordering="owner__username")
    def owner_link(self, download: Download) -> SafeString:
        address = f"?owner__id__exact={download.owner_id}"
        return format_html('<a href="{}">{}</a>', address, download.owner)

    @admin.display(description=_("course and account"))
    def origin(self, download: Download) -> SafeString:
        coursework, account = selectors.coursework_of(download), download.credential
        links = []
        if coursework:
            name = Truncator(coursework.course.name).chars(40)
            links.append((f"{COURSE}={coursework.course_id}", name))
        if account:
            links.append((f"credential__id__exact={account.pk}", account.email))
        return format_html_join(mark_safe("<br>"), '<a href="?{}">{}</a>', links)

    @admin.display(description=_("state"), ordering="status")
    def state(self, download: Download) -> SafeString:
        worker = download.holder[:12] if download.status == Status.RUNNING else ""
        return format_html(
            '<span class="state state-{}">{}</span> <span class="quiet">{}</span>',
            download.status,
            download.get_status_display(),
            worker,
        )

    @admin.display(description=_("progress"), ordering="progress_percent")
    def progress(self, download: Download) -> SafeString:
        share = percent(download.progress_percent)
        return format_html(
            '<progress max="100" value="{}">{}</progress> {}',
            int(download.progress_percent),
            share,
            share,
        )

    @admin.display(description=_("waits for"))
    def waits(self, download: Download) -> str:
        wait = wait_of(download)
        until = f" ({localtime(wait.until):%H:%M})" if wait.until else ""
        return f"{wait.reason}{until}" if wait.reason else ""

    @admin.display(description=_("cause"), ordering="error_code")
    def cause(self, download: Download) -> SafeString | str:
        if not download.error_code:
            return ""
        said = explain(download.error_code).message
        return format_html("<code>{}</code><br>{}", download.error_code, said)

    @admin.display(description=_("what to do"))
    def advice(self, download: Download) -> str:
        return str(explain(download.error_code).advice) if download.error_code else ""

    @admin.display(description=_("size"), ordering="total_bytes")
    def size(self, download: Download) -> str:
        return filesize(download.total_bytes)

    @admin.display(description=_("attempts"), ordering="attempt")
    def attempts(self, download: Download) -> str:
        runs = ngettext("%(count)d run", "%(count)d runs", download.run)
        failed = ngettext("%(count)d failed", "%(count)d failed", download.attempt)
        return f"{failed % {'count': download.attempt}} · {runs % {'count': download.run}}"

    @admin.display(description=_("worker"))
    def worker(self, download: Download) -> str:
        return download.holder

    @admin.display(description=_("held until"))
    def held_until(self, download: Download) -> str:
        until = download.lease_until
        return date_format(localtime(until), "DATETIME_FORMAT") if until else "–"

    @admin.display(description=_("age"), ordering="id")
    def age(self, download: Download) -> str:
        return ago(download.created_at)

    @admin.action(description=_("Retry the selected downloads"))
    def retry(self, request: HttpRequest, queryset: QuerySet[Download]) -> None:
        bulk.retry(self, request, queryset)

    @admin.action(description=_("Cancel the selected downloads"))
    def cancel(self, request: HttpRequest, queryset: QuerySet[Download]) -> None:
        bulk.cancel(self, request, queryset)

    @admin.action(description=_("Delete the videos of the selected downloads…"))
    def purge(self, request: HttpRequest, queryset: QuerySet[Download]) -> HttpResponse | None:
        """Asks first: files go for good."""
        if "confirmed" in request.POST:
            bulk.purge(self, request, queryset)
            return None
        return bulk.ask_before_purge(self, request, queryset)
