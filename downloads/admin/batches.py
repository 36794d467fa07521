"""The back office for batches: how far each is, counted for a whole page at once."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from core.admin import ReadOnlyAdmin, ReadOnlyInline
from core.templatetags.format import ago, filesize, percent
from downloads.models import BatchDownload, BatchItem
from downloads.reasons import reason_words
from downloads.selectors import batches as selectors
from downloads.selectors.batches import NOTHING, BatchState
from downloads.services import batches as work

AT_ONCE = 20


class StatesList(ChangeList):
    """A page of batches, each with its counters: one query for all of them."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        states = selectors.states_of(self.result_list)
        for batch in self.result_list:
            batch.state = states[batch.pk]


class BatchItemInline(ReadOnlyInline):
    model = BatchItem
    fields = ("position", "title", "download", "state", "why")
    readonly_fields = ("state", "why")
    show_change_link = False
    ordering = ("position", "id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[BatchItem]:
        return super().get_queryset(request).select_related("download")

    @admin.display(description=_("state"))
    def state(self, item: BatchItem) -> str:
        return item.download.get_status_display() if item.download else ""

    @admin.display(description=_("skipped because"))
    def why(self, item: BatchItem) -> str:
        return str(reason_words(item.reason).message) if item.reason else ""


@admin.register(BatchDownload)
class BatchDownloadAdmin(ReadOnlyAdmin):
    list_display = ("name", "owner", "credential", "state", "progress", "counts", "size", "age")
    list_select_related = ("owner", "credential", "course")
    search_fields = ("title", "owner__username", "owner__email", "course__google_id", "=id")
    search_help_text = _("Title, course, number, or whose it is")
    date_hierarchy = "created_at"
    inlines = (BatchItemInline,)
    actions = ("cancel", "retry_failed")
    fields = (
        *("title", "owner", "course", "credential", "quality", "format"),
        *("state", "progress", "counts", "size", "created_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[BatchDownload]:
        return selectors.list_batches(user=cast("User", request.user))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return StatesList

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> BatchDownload | None:
        batch = cast("BatchDownload | None", super().get_object(request, object_id, from_field))
        if batch is not None:
            batch.state = selectors.state_of(batch)  # type: ignore[attr-defined] # for this page
        return batch

    @admin.display(description=_("batch"), ordering="id")
    def name(self, batch: BatchDownload) -> str:
        return Truncator(batch).chars(90)

    @admin.display(description=_("state"))
    def state(self, batch: BatchDownload) -> SafeString:
        state = _state(batch)
        return format_html('<span class="state">{}</span>', state.label)

    @admin.display(description=_("progress"))
    def progress(self, batch: BatchDownload) -> SafeString:
        share = _state(batch).percent
        return format_html(
            '<progress max="100" value="{}">{}</progress> {}',
            int(share),
            percent(share),
            percent(share),
        )

    @admin.display(description=_("videos"))
    def counts(self, batch: BatchDownload) -> str:
        state = _state(batch)
        words = _("%(done)d of %(all)d, %(failed)d failed, %(skipped)d left out")
        return str(words) % {
            "done": state.completed,
            "all": state.total,
            "failed": state.failed,
            "skipped": state.skipped,
        }

    @admin.display(description=_("size"))
    def size(self, batch: BatchDownload) -> str:
        return filesize(_state(batch).downloaded_bytes)

    @admin.display(description=_("age"), ordering="id")
    def age(self, batch: BatchDownload) -> str:
        return ago(batch.created_at)

    @admin.action(description=_("Cancel the selected batches"))
    def cancel(self, request: HttpRequest, queryset: QuerySet[BatchDownload]) -> None:
        user = cast("User", request.user)
        chosen = list(queryset.order_by("-id")[:AT_ONCE])
        number = sum(work.cancel_batch(by=user, batch=batch) for batch in chosen)
        said = ngettext("Cancelled %(count)d.", "Cancelled %(count)d.", number)
        self._report(request, queryset, said % {"count": number})

    @admin.action(description=_("Retry what failed in the selected batches"))
    def retry_failed(self, request: HttpRequest, queryset: QuerySet[BatchDownload]) -> None:
        user = cast("User", request.user)
        chosen = list(queryset.order_by("-id")[:AT_ONCE])
        number = sum(work.retry_failed(by=user, batch=batch).done for batch in chosen)
        said = ngettext(
            "%(count)d is in the queue again.", "%(count)d are in the queue again.", number
        )
        self._report(request, queryset, said % {"count": number})

    def _report(self, request: HttpRequest, selected: QuerySet[BatchDownload], said: str) -> None:
        self.message_user(request, said, messages.SUCCESS)
        number = selected.count()
        if number > AT_ONCE:
            some = _(
                "Only the newest %(some)d of the %(all)d selected; do it again for the others."
            )
            numbers = {"some": AT_ONCE, "all": number}
            self.message_user(request, some % numbers, messages.WARNING)


def _state(batch: BatchDownload) -> BatchState:
    return cast("BatchState", getattr(batch, "state", NOTHING))
