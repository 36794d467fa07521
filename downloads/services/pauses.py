"""What a site's refusal comes to: a pause of the whole site, instead of a storm of attempts.

A pause is as long as the site asks for, or grows with every time in a row. The refused download
goes back and loses no attempt, a few times. When the pause is over one download tries the site,
and one that comes home ends it (see downloads.models.gates).
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.jobs.kind import Failure, PutBack
from core.models import Status
from core.text import printable
from downloads.engines.codes import Code
from downloads.models import Download, HostPause, Transition, gates
from downloads.services import limits

_LONGEST = 24 * 3600.0
_MOST_RETURNS = 6
_AGAIN_SECONDS = 1.0
_DETAIL_LENGTH = 1000
_RECENT = 300
_RECENT_FOR = timedelta(minutes=15)
_DIFFERENT = 3
_QUOTA_SECONDS = 12 * 3600.0
_FORBIDDEN = "HTTP Error 403"


@dataclass(frozen=True, slots=True)
class _Length:
    """Seconds of the first pause, and of the longest that we impose by ourselves."""

    first: float
    longest: float


_ASKED = _Length(5 * 60, _LONGEST)
_ROBOT = _Length(15 * 60, _LONGEST)
_AWAY = _Length(60, 15 * 60)
_AWAY_CODES = frozenset({Code.NETWORK_UNREACHABLE, Code.NETWORK_TIMEOUT})
_RETURNING = _AWAY_CODES | {Code.SOURCE_QUOTA, Code.SOURCE_RATE_LIMITED, Code.SOURCE_BOT_CHECK}


def judge(job: Download, failure: Failure) -> Failure | PutBack:
    """A refusal of the site counts against no download, nor does that Google or it is away."""
    if failure.code == Code.SOURCE_QUOTA:
        delay = failure.retry_after or _QUOTA_SECONDS
        return _back(job, failure, delay + _jitter(600))
    length = _length_for(job, failure)
    if length is None:
        if failure.code.startswith("source.") and failure.code != Code.SOURCE_RATE_LIMITED:
            answered(job)  # not with a video, but with an answer
        return failure
    if job.host:
        _pause(job.host, failure, length)
    return _back(job, failure, _AGAIN_SECONDS)


def answered(job: Download) -> None:
    """The site lets us in again: a pause that is over leaves nothing behind."""
    HostPause.objects.filter(host=job.host, until__lte=timezone.now()).delete()


def forget_old() -> None:
    """What is so long ago says nothing of a site any more."""
    HostPause.objects.filter(until__lt=timezone.now() - gates.PROBED_FOR).delete()


def _length_for(job: Download, failure: Failure) -> _Length | None:
    """How long the site is left alone after this; None if this concerns one download only."""
    if failure.code == Code.SOURCE_BOT_CHECK:
        return _ROBOT
    if failure.code == Code.SOURCE_RATE_LIMITED and _FORBIDDEN not in failure.detail:
        # Google counts by account and minute, and tells others nothing by it.
        return _AWAY if job.credential_id else _ASKED
    if failure.code in _AWAY_CODES and job.credential_id:
        return _AWAY
    if failure.code in (*_AWAY_CODES, Code.SOURCE_RATE_LIMITED):
        return _AWAY if _fail_all(job, failure.code) else None
    return None


def _pause(host: str, failure: Failure, length: _Length) -> None:
    """Runs that were under way when the pause began are refused too: they make it no longer."""
    with transaction.atomic():
        known = HostPause.objects.select_for_update().filter(host=host).first()
        if known and known.until > timezone.now():
            asked = timedelta(seconds=failure.retry_after or 0)
            known.until = max(known.until, timezone.now() + asked)
            known.save()
            return
        facts = _facts(known, failure, length)
        HostPause.objects.update_or_create(host=host, defaults=facts)
    limits.tell_waiting()  # with no row locked, for events wait for each other


def _facts(known: HostPause | None, failure: Failure, length: _Length) -> dict[str, Any]:
    now = timezone.now()
    in_a_row = known is not None and now - known.until < gates.PROBED_FOR
    strikes = known.strikes + 1 if known and in_a_row else 1
    return {
        "reason": failure.code,
        "detail": printable(failure.detail)[:_DETAIL_LENGTH],
        "strikes": strikes,
        "since": now,
        "until": now + timedelta(seconds=_seconds(length, strikes, failure.retry_after)),
    }


def _seconds(length: _Length, strikes: int, asked: float | None) -> float:
    own = min(length.first * 2 ** min(strikes - 1, 20), length.longest)
    return float(min(max(own, asked or 0.0) + _jitter(own / 4), _LONGEST))


def _jitter(most: float) -> float:
    return random.uniform(0, most)  # noqa: S311 - no secret


def _back(job: Download, failure: Failure, delay: float) -> Failure | PutBack:
    """Not for ever: after some returns it is a failure like every other."""
    moves = Transition.objects.filter(download=job)
    begun = moves.exclude(source__in=[Status.QUEUED, Status.RUNNING]).order_by("-id").first()
    moves = moves.filter(id__gt=begun.pk) if begun else moves
    returns = moves.filter(target=Status.QUEUED, reason__in=_RETURNING).count()
    return failure if returns >= _MOST_RETURNS else PutBack(failure.code, delay)


def _fail_all(job: Download, code: str) -> bool:
    """Whether several different downloads in a row have failed there like this, with this one."""
    failed = {job.pk}
    for download_id, host, target, reason in _recent():
        if host != job.host:
            continue
        if target == Status.COMPLETED:
            return False
        if reason in (code, *_AWAY_CODES):
            failed.add(download_id)
        if len(failed) >= _DIFFERENT:
            return True
    return False


def _recent() -> Iterable[tuple[int, str, str, str]]:
    moves = Transition.objects.filter(at__gt=timezone.now() - _RECENT_FOR)
    rows = moves.order_by("-id").values_list("download_id", "download__host", "target", "reason")
    return rows[:_RECENT]
