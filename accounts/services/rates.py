"""Counts requests against the limits of `accounts.limits`; never more than those on all processes.

Reads are counted in handfuls: a process takes some at once and gives them out by itself, so that
most reads cost no write. What it has not given out when the minute ends is lost: a caller who is
spread over several processes may be refused a handful early, never late.
"""

import threading
import time
from dataclasses import dataclass, replace
from math import ceil

from django.conf import settings

from accounts import limits
from accounts.models import ApiKey, User
from core import client_address, ratelimit
from core.ratelimit import Limit, Verdict

_HANDFUL = 20
_MOST_CALLERS = 10_000


@dataclass(slots=True)
class _Handful:
    """What this process may still give out to one caller within the window of `verdict`."""

    left: int
    verdict: Verdict

    def is_over(self, limit: Limit) -> bool:
        return self.verdict.limit != limit or self.verdict.ends_ms <= time.time() * 1000


_handfuls: dict[str, _Handful] = {}
_lock = threading.Lock()
_fetching = [threading.Lock() for _ in range(64)]


def caller_of(*, user: object, auth: object, address: str) -> str:
    """Who is counted: a key by itself, a person however they came, a stranger by address."""
    if isinstance(auth, ApiKey):
        return f"key:{auth.pk}"
    if isinstance(user, User):
        return f"user:{user.pk}"
    return f"address:{client_address.bucket_of(address)}"


def limit_of(name: str) -> Limit:
    """What is in force. With RATE_LIMIT_PER_MINUTE 0 only reads may have a limit."""
    rule = limits.RULES[name]
    if name == limits.READ:
        return Limit(settings.RATE_LIMIT_READS_PER_MINUTE, rule.seconds)
    general = settings.RATE_LIMIT_PER_MINUTE
    return Limit(rule.number or general if general else 0, rule.seconds)


def take(name: str, caller: str) -> Verdict:
    """Count one request."""
    limit = limit_of(name)
    if name == limits.READ and limit.number > _HANDFUL:
        return _from_handful(_key(name, caller), limit)
    return ratelimit.take(_key(name, caller), limit)


def look(name: str, caller: str) -> Verdict:
    """How the caller stands, counting nothing. Reads to within a handful."""
    return ratelimit.look(_key(name, caller), limit_of(name))


def forget() -> None:
    """Give out nothing more of what was taken; tests begin so."""
    with _lock:
        _handfuls.clear()


def _key(name: str, caller: str) -> str:
    return f"rate:{name}:{caller}"


def _from_handful(key: str, limit: Limit) -> Verdict:
    if (told := _kept(key, limit)) is not None:
        return told
    # One caller fetches at a time, so that nobody is refused while another brings what is left;
    # the database makes few others wait.
    with _fetching[hash(key) % len(_fetching)]:
        if (told := _kept(key, limit)) is not None:
            return told
        fetched = _fetched(key, limit)
        with _lock:
            _handfuls.pop(key, None)  # the newest stands last
            _handfuls[key] = fetched
            _make_room()
            return _given(fetched)


def _kept(key: str, limit: Limit) -> Verdict | None:
    with _lock:
        kept = _handfuls.get(key)
        if kept and not kept.is_over(limit) and (kept.left or not kept.verdict.allowed):
            return _given(kept)
    return None


def _fetched(key: str, limit: Limit) -> _Handful:
    told = ratelimit.take(key, limit, hits=_HANDFUL)
    granted = min(_HANDFUL, max(0, limit.number - (told.count - _HANDFUL)))
    return _Handful(granted, replace(told, allowed=granted > 0))


def _given(kept: _Handful) -> Verdict:
    """One of them, with how far this caller is as far as this process knows."""
    allowed = kept.left > 0
    kept.left = max(0, kept.left - 1)
    told = kept.verdict
    used = min(told.count, told.limit.number) - kept.left
    left_seconds = max(1, ceil(told.ends_ms / 1000 - time.time()))
    return replace(told, allowed=allowed, count=used + (not allowed), reset_seconds=left_seconds)


def _make_room() -> None:
    """Who has not asked for longest goes first; what they had left is lost."""
    while len(_handfuls) > _MOST_CALLERS:
        del _handfuls[next(iter(_handfuls))]
