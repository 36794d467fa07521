"""The present, as a socket is told it first: what the selectors say, and how new that is.

The id is read before the rows, so a snapshot is at least as new as its `event_id` says.
"""

from dataclasses import asdict, dataclass
from time import monotonic
from typing import cast

from django.utils.translation import override

from accounts.models import User
from core import events
from downloads.selectors import downloads, queue
from downloads.services.updates import update_of
from realtime.payloads import (
    Dashboard,
    DownloadUpdate,
    QueueStats,
    SystemStats,
    now,
    running_download,
)

CARDS = 200

_STARTED = monotonic()


@dataclass(frozen=True, slots=True)
class DownloadSnapshot:
    update: DownloadUpdate
    event_id: int


@dataclass(frozen=True, slots=True)
class DashboardSnapshot:
    dashboard: Dashboard
    event_id: int


def of_download(*, user: User, download_id: int, language: str) -> DownloadSnapshot:
    """:raises NotFound: there is none, or it is somebody else's"""
    event_id = events.latest_id()
    download = downloads.get_download(user=user, download_id=download_id)
    with override(language):
        return DownloadSnapshot(cast("DownloadUpdate", update_of(download)), event_id)


def of_dashboard(*, user: User) -> DashboardSnapshot:
    event_id = events.latest_id()
    running = queue.running(user=user)[:CARDS]
    dashboard = Dashboard(
        downloads_in_progress=[running_download(update_of(download)) for download in running],
        queue_stats=_queue_stats(user),
        system_stats=_system_stats(user),
        timestamp=now(),
    )
    return DashboardSnapshot(dashboard, event_id)


def _queue_stats(user: User) -> QueueStats:
    counts = queue.counts(user=user)
    return QueueStats(
        pending=counts.queued,
        downloading=counts.running,
        completed=counts.completed,
        failed=counts.failed,
        cancelled=counts.cancelled,
        total=counts.total,
        queue_position=queue.next_position(user=user),
    )


def _system_stats(user: User) -> SystemStats:
    """`active_connections` is for the feed to fill in, which knows them."""
    figures = asdict(queue.statistics(user=user))
    uptime = int(monotonic() - _STARTED)
    return cast("SystemStats", {**figures, "active_connections": 0, "system_uptime": uptime})
