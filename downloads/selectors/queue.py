"""Reads of the queue: who waits, who runs, how many."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.utils import timezone

from accounts.models import User
from core.database import database_now
from core.models import ACTIVE, Status
from downloads.models import Download, turns
from downloads.models.download import DownloadQuerySet, waits_for_consent
from downloads.models.turns import Lines
from downloads.selectors.downloads import with_all
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


def recently_finished(*, user: User) -> QuerySet[Download]:
    done = _of(user).filter(status=Status.COMPLETED, video__isnull=False)
    return done.order_by("-finished_at", "-id")


def position_of(download: Download) -> int | None:
    """Its place in the queue of the whole installation, from 1; None when it has none there."""
    return positions_of([download]).get(download.pk)


def positions_of(downloads: list[Download]) -> dict[int, int]:
    """Places of those of `downloads` that wait, by id; the same few queries for all of them.

    An estimate: the order in which they start if nothing ends, fails or is added meanwhile (see
    downloads.models.turns). What is not due yet stands behind all that is. What waits for a
    Google account, or for a pause to end, stands nowhere.
    """
    waits = [download for download in downloads if download.status == Status.QUEUED]
    if not waits:
        return {}
    ready = Download.objects.in_line()
    lines = turns.lines_of(ready)
    places = _places(lines, _ranks(ready, waits))
    left = {download.pk for download in waits} - places.keys()
    if left:
        places |= _places_later(left, after=sum(one.number for one in lines.values()))
    return places


def next_position(*, user: User) -> int | None:
    """The place of this person's next download."""
    own = Download.objects.filter(owner=user)
    download = own.in_line().in_turn().first() or _later().filter(owner=user).first()
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
    return with_all(Download.objects.visible_to(user))


def _places(lines: dict[int, Lines], ranks: dict[int, tuple[int, int, int]]) -> dict[int, int]:
    ahead = {
        priority: sum(other.number for urgency, other in lines.items() if urgency > priority)
        for priority in lines
    }
    return {
        pk: ahead[priority] + lines[priority].before(owner_id, rank) + 1
        for pk, (owner_id, priority, rank) in ranks.items()
        if priority in lines and owner_id in lines[priority].of_owner  # or just claimed
    }


def _ranks(ready: DownloadQuerySet, wanted: list[Download]) -> dict[int, tuple[int, int, int]]:
    """Owner, priority and rank in the owner's own line, by id, in one query."""
    left = {download.pk for download in wanted}
    own = ready.filter(owner_id__in={download.owner_id for download in wanted})
    rows = own.order_by("owner_id", "-priority", "available_at", "id")
    seen: dict[tuple[int, int], int] = {}
    ranks = {}
    for owner_id, priority, pk in rows.values_list("owner_id", "priority", "id").iterator():
        rank = seen.get((owner_id, priority), 0)
        seen[owner_id, priority] = rank + 1
        if pk in left:
            ranks[pk] = (owner_id, priority, rank)
            if len(ranks) == len(left):
                break
    return ranks


def _later() -> DownloadQuerySet:
    """Queued, but not due yet."""
    waiting = Download.objects.filter(status=Status.QUEUED, available_at__gt=database_now())
    return waiting.exclude(waits_for_consent()).order_by("available_at", "id")


def _places_later(wanted: set[int], *, after: int) -> dict[int, int]:
    ids = _later().values_list("id", flat=True)
    return {pk: place for place, pk in enumerate(ids.iterator(), after + 1) if pk in wanted}
