"""Reads for the back office: the state of the whole installation."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils import timezone
from django_stubs_ext import StrOrPromise

from accounts.models import User
from core import storage
from core.models import Status, WorkerHeartbeat
from downloads.models import Download
from downloads.selectors import failures, queue
from downloads.selectors.failures import Group
from library.models import StoredFile, Video

_SILENT = timedelta(seconds=15)  # a node says every five that it lives
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class State:
    code: str
    label: StrOrPromise
    number: int


@dataclass(frozen=True, slots=True)
class Worker:
    node: str
    pid: int
    busy: int
    slots: int
    seen_at: datetime
    is_silent: bool


@dataclass(frozen=True, slots=True)
class Console:
    states: list[State]
    waiting_since: datetime | None
    workers: list[Worker]
    failures: list[Group]
    stored_bytes: int
    free_bytes: int


def overview(*, user: User) -> Console:
    """What this person may see of the installation at this moment."""
    return Console(
        states=states(user=user),
        waiting_since=waiting_since(user=user),
        workers=workers(),
        failures=failures.groups(user=user)[:_SHOWN],
        stored_bytes=queue.storage_used(user=user),
        free_bytes=storage.free_bytes(),
    )


def states(*, user: User) -> list[State]:
    counts = queue.counts(user=user)
    return [State(code, label, getattr(counts, code)) for code, label in Status.choices]


def waiting_since(*, user: User) -> datetime | None:
    """Since when the longest waiting of the downloads that could start has been able to."""
    now = timezone.now()
    waits = Download.objects.visible_to(user).filter(status=Status.QUEUED, available_at__lte=now)
    return waits.order_by("available_at").values_list("available_at", flat=True).first()


def workers() -> list[Worker]:
    last = timezone.now() - _SILENT
    return [
        Worker(
            node=beat.node,
            pid=beat.pid,
            busy=beat.busy,
            slots=beat.slots,
            seen_at=beat.seen_at,
            is_silent=beat.seen_at < last,
        )
        for beat in WorkerHeartbeat.objects.order_by("node", "pid")
    ]


def bytes_freed(downloads: Iterable[Download]) -> int:
    """Size of the files that go with these downloads' videos: those no other video has too."""
    videos = {download.video_id for download in downloads if download.video_id}
    kept = Video.objects.filter(file=OuterRef("pk")).exclude(id__in=videos)
    files = StoredFile.objects.filter(~Exists(kept), videos__in=videos).distinct()
    return files.aggregate(total=Sum("size_bytes"))["total"] or 0


def sharing_videos(downloads: Iterable[Download]) -> QuerySet[Download]:
    """Further downloads that show the videos of these: they lose them too."""
    videos = {download.pk: download.video_id for download in downloads if download.video_id}
    shared = Download.objects.filter(video__in=videos.values()).exclude(id__in=videos)
    return shared.select_related("owner").order_by("-id")
