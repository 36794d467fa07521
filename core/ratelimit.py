"""How often something may happen: counters in the database, exact across processes.

A bucket counts from the first hit until its window is over, then it begins anew. One statement
counts and answers, so that of hits at the same moment no two are taken for the same.
"""

import time
from dataclasses import dataclass
from math import ceil

from django.db import connection
from django.db.models import F

from core.models import RateBucket

_TAKE = """
INSERT INTO core_ratebucket (key, count, ends_ms) VALUES (%(key)s, %(hits)s, %(ends)s)
ON CONFLICT (key) DO UPDATE SET
  count = excluded.count
    + CASE WHEN core_ratebucket.ends_ms <= %(now)s THEN 0 ELSE core_ratebucket.count END,
  ends_ms = CASE
    WHEN core_ratebucket.ends_ms <= %(now)s OR (%(holds)s AND core_ratebucket.count < %(limit)s)
    THEN excluded.ends_ms ELSE core_ratebucket.ends_ms END
RETURNING count, ends_ms
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many in so many seconds. 0: no limit.

    One that `holds` begins its window anew with every hit up to the limit: what is too often then
    stays refused for a whole window, which is what a lock is.
    """

    number: int
    seconds: int
    holds: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a limit says of one hit. `ends_ms` names its window."""

    allowed: bool
    limit: Limit
    count: int
    reset_seconds: int
    ends_ms: int = 0

    @property
    def remaining(self) -> int:
        return max(0, self.limit.number - self.count)


def take(key: str, limit: Limit, *, hits: int = 1) -> Verdict:
    """Count one more, or several, and say whether the last is still within the limit.

    The key has at most 200 characters.
    """
    if not limit.number:
        return _unlimited(limit)
    now = _now_ms()
    words: dict[str, str | int | bool] = {
        "key": key,
        "hits": hits,
        "now": now,
        "ends": now + limit.seconds * 1000,
        "holds": limit.holds,
        "limit": limit.number,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, words)
        count, ends_ms = cursor.fetchone()
    return Verdict(count <= limit.number, limit, count, ceil((ends_ms - now) / 1000), ends_ms)


def look(key: str, limit: Limit) -> Verdict:
    """What the next hit would meet, counting none."""
    row = RateBucket.objects.filter(key=key, ends_ms__gt=_now_ms()).first()
    if row is None or not limit.number:
        return _unlimited(limit)
    left = ceil((row.ends_ms - _now_ms()) / 1000)
    return Verdict(row.count < limit.number, limit, row.count, left)


def give_back(key: str) -> None:
    """Undo one hit that turned out not to count."""
    RateBucket.objects.filter(key=key, count__gt=0).update(count=F("count") - 1)


def clear(*keys: str) -> int:
    """Begin these anew; returns how many there were."""
    return RateBucket.objects.filter(key__in=keys).delete()[0]


def clear_all(beginning: str) -> int:
    """Begin anew every bucket whose key begins like this."""
    return RateBucket.objects.filter(key__startswith=beginning).delete()[0]


def sweep() -> None:
    """A chore: forget what is over."""
    RateBucket.objects.filter(ends_ms__lt=_now_ms()).delete()


def _unlimited(limit: Limit) -> Verdict:
    return Verdict(allowed=True, limit=limit, count=0, reset_seconds=0)


def _now_ms() -> int:
    return int(time.time() * 1000)
