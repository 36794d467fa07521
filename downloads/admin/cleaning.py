"""The back office for cleanings and for the rules by which videos go."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.roles import Power
from core.admin import ReadOnlyAdmin, StaffAdmin, may
from core.models import Status
from core.templatetags.format import ago, filesize, span
from downloads.cleaning_reasons import WORDS, Why
from downloads.models import CleaningRun, CleaningTask, RetentionRule
from downloads.selectors import cleaning as selectors
from downloads.selectors.retention import preview
from downloads.services import cleanings, orphans, retention

KINDS = {
    "folder": _("working folder"),
    "file": _("file"),
    "video": _("video"),
    "records": _("records"),
}


@admin.register(CleaningRun)
class CleaningRunAdmin(ReadOnlyAdmin):
    """What was cleaned, is being cleaned and will be. A new one begins at once."""

    needs = Power.SETTINGS
    list_display = (
        "number", "kind", "state", "result", "freed", "warned", "asked_by", "took", "age",
    )  # fmt: skip
    list_filter = ("task", "dry_run", "status")
    date_hierarchy = "created_at"
    actions = ("look", "clean", "stop")
    fieldsets = (
        (None, {"fields": ("kind", "state", "asked_by", "trouble")}),
        (_("Found"), {"fields": ("result", "freed", "warned", "lines")}),
        (_("Times"), {"fields": ("created_at", "available_at", "started_at", "finished_at")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "fields": ("task", "dry_run"),
                "description": _(
                    "It begins as soon as it is saved. A dry run removes nothing: its report says "
                    "what would go."
                ),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[CleaningRun]:
        return selectors.list_cleanings(user=cast("User", request.user))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request, self.needs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fieldsets if obj else self.add_fieldsets

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"dry_run": True}

    def save_model(
        self, request: HttpRequest, obj: CleaningRun, form: forms.ModelForm[Any], change: bool
    ) -> None:
        """The service makes the row, or finds the one that does this already."""
        run = cleanings.request_cleaning(
            by=cast("User", request.user), task=CleaningTask(obj.task), dry_run=obj.dry_run
        )
        obj.__dict__.update(run.__dict__)

    @admin.action(description=_("Only look what would be removed now"))
    def look(self, request: HttpRequest, queryset: QuerySet[CleaningRun]) -> None:
        self._begin(request, queryset, dry_run=True)

    @admin.action(description=_("Clean now"))
    def clean(self, request: HttpRequest, queryset: QuerySet[CleaningRun]) -> None:
        self._begin(request, queryset, dry_run=False)

    @admin.action(description=_("Stop the selected cleanings"))
    def stop(self, request: HttpRequest, queryset: QuerySet[CleaningRun]) -> None:
        active = [run for run in queryset if run.is_active]
        for run in active:
            cleanings.cancel_cleaning(by=cast("User", request.user), run=run)
        said = ngettext("Stopped %(count)d.", "Stopped %(count)d.", len(active))
        self.message_user(request, said % {"count": len(active)}, messages.SUCCESS)

    def _begin(
        self, request: HttpRequest, queryset: QuerySet[CleaningRun], *, dry_run: bool
    ) -> None:
        tasks = sorted({CleaningTask(run.task) for run in queryset})
        for task in tasks:
            cleanings.request_cleaning(by=cast("User", request.user), task=task, dry_run=dry_run)
        said = ngettext("%(count)d cleaning begins.", "%(count)d cleanings begin.", len(tasks))
        self.message_user(request, said % {"count": len(tasks)}, messages.SUCCESS)

    @admin.display(description="#", ordering="id")
    def number(self, run: CleaningRun) -> str:
        return f"#{run.pk}"

    @admin.display(description=_("cleaning"), ordering="task")
    def kind(self, run: CleaningRun) -> SafeString | str:
        if not run.dry_run:
            return run.get_task_display()
        return format_html("{} · {}", run.get_task_display(), _("only looked"))

    @admin.display(description=_("state"), ordering="status")
    def state(self, run: CleaningRun) -> SafeString:
        more = ""
        if run.status == Status.QUEUED:
            more = date_format(localtime(run.available_at), "SHORT_DATETIME_FORMAT")
        elif run.error_code:
            more = run.error_code
        return format_html(
            '<span class="state is-{}">{}</span> {}', run.status, run.get_status_display(), more
        )

    @admin.display(description=_("what went wrong"))
    def trouble(self, run: CleaningRun) -> str:
        if run.error_code == orphans.TOO_MUCH:
            return f"{WORDS[Why.TOO_MUCH]} {run.error_detail}"
        return run.error_detail or "–"

    @admin.display(description=_("result"))
    def result(self, run: CleaningRun) -> str:
        if run.status == Status.QUEUED:
            return ""
        words = _("found %(found)d") if run.dry_run else _("found %(found)d, removed %(removed)d")
        return str(words) % {"found": run.found, "removed": run.removed}

    @admin.display(description=_("freed"), ordering="bytes")
    def freed(self, run: CleaningRun) -> str:
        size = filesize(run.bytes)
        return str(_("%(size)s would be free") % {"size": size}) if run.dry_run else size

    @admin.display(description=_("asked for by"), ordering="requested_by__username")
    def asked_by(self, run: CleaningRun) -> str:
        return str(run.requested_by or _("the clock"))

    @admin.display(description=_("took"))
    def took(self, run: CleaningRun) -> str:
        if run.started_at is None or run.finished_at is None:
            return ""
        return span((run.finished_at - run.started_at).total_seconds())

    @admin.display(description=_("age"), ordering="id")
    def age(self, run: CleaningRun) -> str:
        return ago(run.created_at)

    @admin.display(description=_("report"))
    def lines(self, run: CleaningRun) -> SafeString:
        """The first thousand lines, as a table."""
        rows = format_html_join("", "<tr>" + "<td>{}</td>" * 6 + "</tr>", map(_cells, run.report))
        if not rows:
            return format_html("{}", _("Nothing was found."))
        head = format_html_join(
            "",
            '<th scope="col">{}</th>',
            [(word,) for word in (_("what"), _("name"), _("owner"), _("size"), _("why"), "")],
        )
        return format_html(
            "<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>", head, rows
        )


def _cells(row: dict[str, Any]) -> tuple[Any, ...]:
    name = row["title"] if row["number"] == 1 else f"{row['title']} ({row['number']})"
    done = _("done") if row["done"] else ""
    size = filesize(row["bytes"]) if row["bytes"] else ""
    what = KINDS.get(row["what"], row["what"])
    return what, name, row["owner"], size, WORDS.get(row["reason"], row["reason"]), done


@admin.register(RetentionRule)
class RetentionRuleAdmin(StaffAdmin):
    """Save a rule first, see how many videos it would take, then put it in force."""

    needs = Power.SETTINGS
    list_display = ("name", "enabled", "of", "limits", "warn_days")
    list_select_related = ("owner", "course")
    list_filter = ("enabled",)
    search_fields = ("name", "owner__username", "course__search_text")
    raw_id_fields = ("owner", "course")
    readonly_fields = ("would_go",)
    fieldsets = (
        (None, {"fields": ("name", "enabled", "would_go")}),
        (_("Whose videos"), {"fields": ("owner", "course")}),
        (
            _("When they go"),
            {
                "fields": ("max_age_days", "unwatched_days", "keep_per_course", "warn_days"),
                "description": _(
                    "In days. With several limits, a video has to be past each of them. "
                    "A video that is marked to be kept never goes."
                ),
            },
        ),
    )

    def save_model(
        self, request: HttpRequest, obj: RetentionRule, form: forms.ModelForm[Any], change: bool
    ) -> None:
        retention.save_rule(by=cast("User", request.user), rule=obj)

    def delete_model(self, request: HttpRequest, obj: RetentionRule) -> None:
        retention.delete_rule(by=cast("User", request.user), rule=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[RetentionRule]) -> None:
        for rule in queryset:
            self.delete_model(request, rule)

    @admin.display(description=_("would take"))
    def would_go(self, rule: RetentionRule) -> str:
        if not rule.pk:
            return str(_("Save the rule first; then it says here how many videos it would take."))
        found = preview(rule)
        told = ngettext(
            "%(count)d video, %(size)s. Its owner is told %(days)d days before.",
            "%(count)d videos, %(size)s. Their owners are told %(days)d days before.",
            found.number,
        )
        return told % {
            "count": found.number,
            "size": filesize(found.bytes),
            "days": rule.warn_days,
        }

    @admin.display(description=_("of"))
    def of(self, rule: RetentionRule) -> str:
        whose = [str(one) for one in (rule.owner, rule.course) if one]
        return " · ".join(whose) or str(_("all videos"))

    @admin.display(description=_("limits"))
    def limits(self, rule: RetentionRule) -> str:
        told = []
        if rule.max_age_days:
            told.append(_("older than %(days)d days") % {"days": rule.max_age_days})
        if rule.unwatched_days:
            told.append(_("not watched for %(days)d days") % {"days": rule.unwatched_days})
        if rule.keep_per_course:
            number = {"count": rule.keep_per_course}
            told.append(_("not among the newest %(count)d of a course") % number)
        return ", ".join(told)
