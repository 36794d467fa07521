"""What is in the way of queued downloads at this moment, read in the same few queries for all."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Max, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from core import storage
from core.models import ACTIVE, Status
from downloads.models import policy, space
from downloads.models.limits import HostPause, UserLimits
from downloads.models.policy import Limits

# A site whose pause is over is tried with one download until that one succeeds; for so long.
PROBED_FOR = timedelta(days=1)
# Of so many people the exact space left is asked; of more it is rounded down to a power of two.
_MOST_EXACT = 50

DISK_LOW = "disk_low"
QUOTA_FULL = "quota_full"

_memo: ContextVar[list["Gates"] | None] = ContextVar("gates", default=None)


@dataclass(frozen=True, slots=True)
class Gates:
    """`left_bytes` is what those who have a quota may still add, what runs taken off.

    `paused_hosts` says until when; `room_bytes` is what the disk takes beyond its reserve and
    beyond what the running downloads still need.
    """

    limits: Limits
    closed: str
    opens_at: datetime | None
    is_full: bool
    is_disk_low: bool
    room_bytes: int
    paused_owners: frozenset[int] = frozenset()
    full_owners: frozenset[int] = frozenset()
    paused_hosts: dict[str, HostPause] = field(default_factory=dict)
    full_hosts: frozenset[str] = frozenset()
    left_bytes: dict[int, int] = field(default_factory=dict)
    too_large: dict[int, int] = field(default_factory=dict)

    @property
    def is_shut(self) -> bool:
        """Whether nothing at all can be begun."""
        return bool(self.closed) or self.is_full or self.is_disk_low

    @property
    def owners_at_quota(self) -> set[int]:
        return {owner_id for owner_id, left in self.left_bytes.items() if left <= 0}

    def fits_quota(self, owner_id: int, size: int) -> bool:
        left = self.left_bytes.get(owner_id)
        return left is None or (left > 0 and size <= left)

    def overrun_by(self, owner_id: int) -> str:
        """What the running downloads need more than there is, as a wait reason, or ""."""
        if self.room_bytes < 0:
            return DISK_LOW
        return QUOTA_FULL if self.left_bytes.get(owner_id, 0) < 0 else ""

    def fits_disk(self, size: int, *, fetched: int) -> bool:
        """What was fetched before lies on this disk already. What is larger than allowed needs no
        room: its run says so before anything comes.
        """
        return size > self.limits.max_bytes or size - fetched <= max(self.room_bytes, 0)

    def admit(self, *, owner_id: int, host: str, size: int, fetched: int) -> bool:
        """Whether one more download may begin; `size` is 0 where it is not known."""
        return not (
            self.is_shut
            or owner_id in self.paused_owners | self.full_owners
            or host in self.paused_hosts
            or host in self.full_hosts
            or not self.fits_disk(size, fetched=fetched)
            or not self.fits_quota(owner_id, size)
        )


def obstacle() -> str:
    """Why nobody's downloads can be begun, as a wait reason; "" if they can. One query."""
    limits = policy.current()
    low = _free_bytes() < limits.min_free_bytes
    return limits.closed_by(timezone.now()) or (DISK_LOW if low else "")


def read(downloads: QuerySet[Any]) -> Gates:
    """`downloads` are all there are, of whomever."""
    once = _memo.get()
    if once is None:
        return _read(downloads)
    if not once:
        once.append(_read(downloads))
    return once[0]


@contextmanager
def kept() -> Iterator[None]:
    """Within it they are read once: a page tells the same of all its rows."""
    token = _memo.set([])
    try:
        yield
    finally:
        _memo.reset(token)


def forget() -> None:
    """Limits were changed: read anew."""
    if once := _memo.get():
        once.clear()


def _read(downloads: QuerySet[Any]) -> Gates:
    now, limits = timezone.now(), policy.current()
    running = list(downloads.filter(status=Status.RUNNING).order_by().values_list(*_RUNNING))
    coming = [need for _, _, need in running]
    needs, free = sum(need for need in coming if need <= limits.max_bytes), _free_bytes()
    own = {one.owner_id: one for one in UserLimits.objects.all()}
    pauses = list(HostPause.objects.filter(until__gt=now - PROBED_FOR))
    left = _left(downloads, limits, own, running)
    return Gates(
        limits=limits,
        closed=limits.closed_by(now),
        opens_at=limits.opens_at(now),
        is_full=limits.max_running is not None and len(running) >= limits.max_running,
        is_disk_low=free < limits.min_free_bytes,
        room_bytes=free - limits.min_free_bytes - needs,
        paused_owners=frozenset(pk for pk, one in own.items() if one.paused),
        full_owners=_full_owners(limits, own, Counter(owner for owner, _, _ in running)),
        paused_hosts={pause.host: pause for pause in pauses if pause.until > now},
        full_hosts=_full_hosts(limits, pauses, Counter(host for _, host, _ in running)),
        left_bytes=left,
        too_large=_too_large(downloads, left),
    )


def _free_bytes() -> int:
    """A folder that does not answer, such as a share that is away, has no room."""
    try:
        return storage.free_bytes()
    except OSError:
        return 0


# What is still to come of a running download goes from the disk though nothing shows it yet.
_RUNNING: Any = (
    "owner_id",
    "host",
    Greatest(
        Coalesce("total_bytes", "estimated_bytes", Value(0)) - F("downloaded_bytes"), Value(0)
    ),
)


def _full_owners(
    limits: Limits, own: dict[int, UserLimits], running: Counter[int]
) -> frozenset[int]:
    def most(owner_id: int) -> int | None:
        theirs = own.get(owner_id)
        if theirs is None or theirs.max_running is None:
            return limits.max_running_per_user
        return theirs.max_running or None

    return frozenset(
        owner_id
        for owner_id, number in running.items()
        if (limit := most(owner_id)) is not None and number >= limit
    )


def _full_hosts(limits: Limits, pauses: list[HostPause], running: Counter[str]) -> frozenset[str]:
    """A site that was paused is not trusted again before one download came home from it."""
    most = limits.max_running_per_host
    tried = {pause.host for pause in pauses}
    return frozenset(
        host
        for host, number in running.items()
        if host and (host in tried or (most is not None and number >= most))
    )


def _left(
    downloads: QuerySet[Any],
    limits: Limits,
    own: dict[int, UserLimits],
    running: list[tuple[int, str, int]],
) -> dict[int, int]:
    quotas = {pk: one.quota_bytes for pk, one in own.items() if one.quota_bytes is not None}
    if limits.quota_bytes is None and not any(quotas.values()):
        return {}
    active = downloads.filter(status__in=ACTIVE).order_by().values_list("owner_id", flat=True)
    limited = {
        owner_id: quota
        for owner_id in active.distinct()
        if (quota := quotas.get(owner_id, limits.quota_bytes))
    }
    used = space.used_by(limited)
    needs: Counter[int] = Counter()
    for owner_id, _, need in running:
        needs[owner_id] += need
    return {pk: quota - used.get(pk, 0) - needs[pk] for pk, quota in limited.items()}


def _too_large(downloads: QuerySet[Any], left: dict[int, int]) -> dict[int, int]:
    """What is left to those of whom something waits that is larger."""
    if not left:
        return {}
    waiting = downloads.filter(status=Status.QUEUED, owner_id__in=left).order_by()
    largest = waiting.values_list("owner_id").annotate(Max("estimated_bytes"))
    return {pk: left[pk] for pk, size in largest if 0 < left[pk] < (size or 0)}


def paused(gates: Gates) -> Q:
    """Whatever cannot be begun before somebody, or the clock, allows it again."""
    return Q(owner_id__in=gates.paused_owners) | Q(host__in=gates.paused_hosts)


def crowded(gates: Gates) -> Q:
    """Whatever waits for others to end, or for room."""
    owners = gates.full_owners | gates.owners_at_quota
    large = Q()
    if gates.room_bytes < gates.limits.max_bytes:
        room = F("downloaded_bytes") + max(gates.room_bytes, 0)
        large = Q(estimated_bytes__gt=room, estimated_bytes__lte=gates.limits.max_bytes)
    for left, owner_ids in _by_space(gates.too_large).items():
        large |= Q(owner_id__in=owner_ids, estimated_bytes__gt=left)
    return Q(owner_id__in=owners) | Q(host__in=gates.full_hosts) | large


def _by_space(left_bytes: dict[int, int]) -> dict[int, list[int]]:
    exact = len(left_bytes) <= _MOST_EXACT
    found: dict[int, list[int]] = {}
    for owner_id, left in left_bytes.items():
        found.setdefault(left if exact else 1 << (left.bit_length() - 1), []).append(owner_id)
    return found
