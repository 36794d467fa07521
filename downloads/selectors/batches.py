"""Reads of batches. Their state is that of their downloads, counted anew every time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Avg, Case, Count, F, FloatField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.models import User
from core.errors import NotFound
from core.models import ACTIVE, Status
from downloads.models import BatchDownload, BatchItem, Download
from downloads.selectors.downloads import with_all
from downloads.states import BatchStatus

WORDS: dict[str, StrOrPromise] = {
    BatchStatus.PENDING: _("Waiting"),
    BatchStatus.IN_PROGRESS: _("Running"),
    BatchStatus.COMPLETED: _("Completed"),
    BatchStatus.FAILED: _("Failed"),
    BatchStatus.PARTIALLY_COMPLETED: _("Partly completed"),
    BatchStatus.CANCELLED: _("Cancelled"),
}


@dataclass(frozen=True, slots=True)
class BatchFilter:
    """Empty values filter nothing."""

    course_id: int | None = None
    credential_id: int | None = None
    tenant_id: str = ""


EVERYTHING = BatchFilter()


@dataclass(frozen=True, slots=True)
class BatchState:
    """`total` is what is, or was, to be fetched; `skipped` is not in it.

    `total_bytes` are those of the downloads whose size is known, `unknown_sizes` the others.
    """

    total: int = 0
    queued: int = 0
    running: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    begun: int = 0
    skipped: int = 0
    downloaded_bytes: int = 0
    total_bytes: int = 0
    unknown_sizes: int = 0
    share: float = 0.0

    @property
    def status(self) -> BatchStatus:
        if self.queued or self.running:
            begun = self.begun or self.completed or self.failed or self.cancelled
            return BatchStatus.IN_PROGRESS if begun else BatchStatus.PENDING
        if self.completed == self.total:
            return BatchStatus.COMPLETED
        if self.completed:
            return BatchStatus.PARTIALLY_COMPLETED
        return BatchStatus.FAILED if self.failed else BatchStatus.CANCELLED

    @property
    def label(self) -> StrOrPromise:
        return WORDS[self.status]

    @property
    def is_active(self) -> bool:
        return bool(self.queued or self.running)

    @property
    def percent(self) -> float:
        """How much of it is home: never 100 before everything is."""
        if not self.total or self.completed == self.total:
            return 100.0
        return min(99.9, int(self.share * 10) / 10)


NOTHING = BatchState()


def list_batches(*, user: User, filter: BatchFilter = EVERYTHING) -> QuerySet[BatchDownload]:
    """Newest first."""
    wanted = {
        "course_id": filter.course_id,
        "credential_id": filter.credential_id,
        "credential__tenant_id": filter.tenant_id,
    }
    found = _with_all(BatchDownload.objects.visible_to(user))
    return found.filter(**{name: value for name, value in wanted.items() if value}).order_by("-id")


def get_batch(*, user: User, batch_id: int) -> BatchDownload:
    """:raises NotFound: there is none, or it is somebody else's"""
    batch = _with_all(BatchDownload.objects.visible_to(user)).filter(id=batch_id).first()
    if batch is None:
        raise NotFound
    return batch


def of_download(*, user: User, download: Download) -> QuerySet[BatchDownload]:
    """Those it is in, newest first."""
    ids = BatchItem.objects.filter(download=download).values("batch_id")
    return BatchDownload.objects.visible_to(user).filter(id__in=ids).order_by("-id")


def states_of(batches: Iterable[BatchDownload]) -> dict[int, BatchState]:
    """By the batch's number; one query, however many batches and downloads."""
    found = {batch.pk: NOTHING for batch in batches}
    items = BatchItem.objects.filter(batch_id__in=found).order_by().values("batch_id")
    for row in items.annotate(**_COUNTERS).values("batch_id", *_COUNTERS):
        counted = {name: row[name] for name in _COUNTERS}
        found[row["batch_id"]] = BatchState(**counted)
    return found


def state_of(batch: BatchDownload) -> BatchState:
    return states_of([batch])[batch.pk]


def list_items(*, user: User, batch: BatchDownload) -> QuerySet[BatchItem]:
    """In the order of the course."""
    visible = BatchDownload.objects.visible_to(user).filter(id=batch.pk)
    return BatchItem.objects.filter(batch__in=visible).order_by("position", "id")


def downloads_of(*, user: User, items: Iterable[BatchItem]) -> list[Download]:
    """Theirs, with everything that is told of a download."""
    ids = {item.download_id for item in items if item.download_id}
    return list(with_all(Download.objects.visible_to(user).filter(id__in=ids)))


def list_skipped(*, user: User, batch: BatchDownload) -> QuerySet[BatchItem]:
    return list_items(user=user, batch=batch).exclude(reason="")


def finished_items(*, user: User, batch: BatchDownload) -> QuerySet[BatchItem]:
    """What has come home by it, with where in the course it hangs."""
    found = list_items(user=user, batch=batch).filter(download__status=Status.COMPLETED)
    return found.select_related(
        "download__video__file",
        "video__coursework__topic",
        "material__coursework__topic",
    )


def of_downloads(download_ids: Sequence[int]) -> QuerySet[BatchDownload]:
    """The batches that any of these is in."""
    items = BatchItem.objects.filter(download_id__in=download_ids)
    return BatchDownload.objects.filter(id__in=items.values("batch_id"))


def active_in(batch_ids: Sequence[int], *, besides: Sequence[int]) -> set[int]:
    """Those of these batches in which another download than `besides` has not ended."""
    items = BatchItem.objects.filter(batch_id__in=batch_ids, download__status__in=ACTIVE)
    return set(items.exclude(download_id__in=besides).values_list("batch_id", flat=True))


def _with_all(found: QuerySet[BatchDownload]) -> QuerySet[BatchDownload]:
    return found.select_related("owner", "course", "credential")


def _number(status: Status) -> Count:
    return Count("download", filter=Q(download__status=status))


_SIZE = Coalesce("download__total_bytes", "download__estimated_bytes")
_SHARE = Case(
    When(download__status=Status.COMPLETED, then=Value(100.0)),
    When(download__status__in=ACTIVE, then=F("download__progress_percent")),
    When(download__isnull=False, then=Value(0.0)),
    output_field=FloatField(),
)
_COUNTERS = {
    "total": Count("download"),
    **{status.value: _number(status) for status in Status},
    "begun": Count("download__started_at"),
    "skipped": Count("id", filter=Q(download=None) & ~Q(reason="")),
    "downloaded_bytes": Coalesce(Sum("download__downloaded_bytes"), 0),
    "total_bytes": Coalesce(Sum(_SIZE), 0),
    "unknown_sizes": Count("download", filter=Q(download__isnull=False)) - Count(_SIZE),
    "share": Coalesce(Avg(_SHARE), 0.0),
}
