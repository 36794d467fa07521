"""Reads of the queue: who waits, who runs, how many."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.utils import timezone

from accounts.models import User
from core.models import ACTIVE, Status
from downloads.models import Download
from downloads.models.download import DownloadQuerySet
from library.models import StoredFile


@dataclass(frozen=True, slots=True)
class Counts:
    queued: int = 0
    running: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0

    @property
    def total(self) -> int:
        return self.queued + self.running + self.completed + self.failed + self.cancelled


@dataclass(frozen=True, slots=True)
class Statistics:
    """Seconds and bytes; days and weeks begin in the site's time zone."""

    total_downloads: int
    completed_downloads: int
    failed_downloads: int
    pending_downloads: int
    downloads_today: int
    downloads_this_week: int
    downloads_this_month: int
    total_storage_used: int
    average_download_time: float | None


def counts(*, user: User) -> Counts:
    rows = Download.objects.visible_to(user).order_by().values_list("status")
    return Counts(**dict(rows.annotate(number=Count("id"))))


def running(*, user: User) -> QuerySet[Download]:
    return _of(user).filter(status=Status.RUNNING).order_by("started_at", "id")


def waiting(*, user: User) -> QuerySet[Download]:
    return _of(user).filter(status=Status.QUEUED).in_turn()


def recently_failed(*, user: User) -> QuerySet[Download]:
    """Failures of the last week; what nobody cared for by then needs nobody's eye any more."""
    week_ago = timezone.now() - timedelta(days=7)
    failed = _of(user).filter(status=Status.FAILED, finished_at__gte=week_ago)
    return failed.order_by("-finished_at", "-id")


def recently_finished(*, user: User) -> QuerySet[Download]:
    done = _of(user).filter(status=Status.COMPLETED, video__isnull=False)
    return done.order_by("-finished_at", "-id")


def position_of(download: Download) -> int | None:
    """Its place in the queue of the whole installation, from 1; None when it does not wait."""
    if download.status != Status.QUEUED:
        return None
    return _ahead_of(download).count() + 1


def positions_of(downloads: list[Download]) -> dict[int, int]:
    """Places of all those of `downloads` that wait, by id, in one query."""
    waits = {download.pk for download in downloads if download.status == Status.QUEUED}
    if not waits:
        return {}
    queue = Download.objects.filter(status=Status.QUEUED)
    turn = queue.in_turn().values_list("id", flat=True)
    places: dict[int, int] = {}
    for place, pk in enumerate(turn.iterator(), 1):
        if pk in waits:
            places[pk] = place
            if len(places) == len(waits):
                break
    return places


def next_position(*, user: User) -> int | None:
    """The place of this person's next download."""
    first = Download.objects.filter(owner=user, status=Status.QUEUED)
    download = first.in_turn().first()
    return position_of(download) if download else None


def statistics(*, user: User) -> Statistics:
    now = timezone.localtime()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    taken = ExpressionWrapper(F("finished_at") - F("started_at"), DurationField())
    figures = Download.objects.visible_to(user).aggregate(
        total=Count("id"),
        completed=Count("id", filter=Q(status=Status.COMPLETED)),
        failed=Count("id", filter=Q(status=Status.FAILED)),
        pending=Count("id", filter=Q(status__in=ACTIVE)),
        today=Count("id", filter=Q(created_at__gte=today)),
        week=Count("id", filter=Q(created_at__gte=today - timedelta(days=now.weekday()))),
        month=Count("id", filter=Q(created_at__gte=today.replace(day=1))),
        average=Avg(taken, filter=Q(status=Status.COMPLETED, linked=False)),
    )
    average = figures["average"]
    return Statistics(
        total_downloads=figures["total"],
        completed_downloads=figures["completed"],
        failed_downloads=figures["failed"],
        pending_downloads=figures["pending"],
        downloads_today=figures["today"],
        downloads_this_week=figures["week"],
        downloads_this_month=figures["month"],
        total_storage_used=storage_used(user=user),
        average_download_time=average.total_seconds() if average is not None else None,
    )


def storage_used(*, user: User) -> int:
    """Bytes of the files this person may see, each content once."""
    files = StoredFile.objects.all()
    if not user.is_admin:
        files = files.filter(videos__owner=user).distinct()
    return files.aggregate(total=Sum("size_bytes"))["total"] or 0


def _of(user: User) -> DownloadQuerySet:
    return Download.objects.visible_to(user).select_related("owner", "video__file")


def _ahead_of(download: Download) -> QuerySet[Download]:
    earlier = Q(available_at__lt=download.available_at) | Q(
        available_at=download.available_at, id__lt=download.pk
    )
    queue = Download.objects.filter(status=Status.QUEUED)
    return queue.filter(Q(priority__gt=download.priority) | Q(earlier, priority=download.priority))
