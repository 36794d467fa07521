"""The present, as a socket is told it first: what the selectors say, and how new that is."""

from dataclasses import asdict, dataclass
from time import monotonic

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
class Snapshot[Data]:
    data: Data
    event_id: int
