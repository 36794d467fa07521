"""What limits one person's downloads: read for pages, the API and the preview of a course."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from core.models import Status
from downloads.models import Download, HostPause, UserLimits, gates, policy, space
from downloads.models.policy import Limits
from downloads.selectors import queue
from downloads.selectors.queue import Counts
from downloads.selectors.waits import gates_now


@dataclass(frozen=True, slots=True)
class Space:
    """Bytes; `quota_bytes` is None where there is no limit."""

    used_bytes: int
    quota_bytes: int | None

    @property
    def left_bytes(self) -> int | None:
        return None if self.quota_bytes is None else max(0, self.quota_bytes - self.used_bytes)

    @property
    def percent(self) -> float:
        return min(100.0, 100 * self.used_bytes / self.quota_bytes) if self.quota_bytes else 0.0

    def holds(self, size: int) -> bool:
        return self.left_bytes is None or size <= self.left_bytes


UNLIMITED = Space(0, None)


@dataclass(frozen=True, slots=True)
class OwnLimits:
    """The limits of the installation, what of them is this person's own, and paused sites."""

    limits: Limits
    max_running: int | None
    space: Space
    host_pauses: Sequence[HostPause]


@dataclass(frozen=True, slots=True)
class QueueState:
    """`reason` is why nothing of this person's begins; `until` when it does, if that is known."""

    reason: str
    until: datetime | None
    is_paused: bool
    is_everybody_paused: bool
    queued: int
    running: int


def space_of(user: User) -> Space:
    own, limits = UserLimits.objects.filter(owner=user).first(), gates_now().limits
    return Space(space.used_by([user.pk])[user.pk], _quota(own, limits))


def limits_of(user: User) -> OwnLimits:
    limits, own = policy.current(), UserLimits.objects.filter(owner=user).first()
    most = limits.max_running_per_user
    if own and own.max_running is not None:
        most = own.max_running or None
    used = space.used_by([user.pk])[user.pk]
    return OwnLimits(limits, most, Space(used, _quota(own, limits)), list(pauses(user=user)))


def pauses(*, user: User) -> QuerySet[HostPause]:
    """Of the sites this person waits for; staff see all. The longest comes first."""
    found = HostPause.objects.in_force().order_by("-until", "host")
    if user.is_admin:
        return found
    waiting = Download.objects.filter(owner=user, status=Status.QUEUED)
    return found.filter(host__in=waiting.values("host"))


def queue_state(*, user: User, counts: Counts | None = None) -> QueueState:
    """`counts` are those of this person's downloads, if they have been counted already."""
    found = gates_now()
    counts = counts or queue.counts(user=user)
    is_paused = user.pk in found.paused_owners
    low = gates.DISK_LOW if found.is_disk_low else ""
    return QueueState(
        reason=found.closed or (policy.PAUSED if is_paused else low),
        until=found.opens_at,
        is_paused=is_paused,
        is_everybody_paused=found.limits.paused,
        queued=counts.queued,
        running=counts.running,
    )


def _quota(own: UserLimits | None, limits: Limits) -> int | None:
    if own and own.quota_bytes is not None:
        return own.quota_bytes or None
    return limits.quota_bytes
