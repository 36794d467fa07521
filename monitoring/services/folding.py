"""Adds up what the outbox tells of downloads, each event exactly once.

Events go after a week and downloads when their owner wants; the figures stay.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.dateparse import parse_datetime

from core import events
from core.live import Message
from core.models import ENDED, Status
from monitoring.figures import BUCKETS, Figure
from monitoring.models import Mark, Tally

_READER = "figures"
_AT_ONCE = 1000

Sums = dict[tuple[str, str], float]


def fold_events() -> int:
    """Take in all that was recorded since; return how many events these were."""
    mark, _ = Mark.objects.get_or_create(reader=_READER)
    if events.latest_id() == mark.event_id:
        return 0
    taken = 0
    while number := _fold_some():
        taken += number
    return taken


def sums_of(messages: Iterable[Message]) -> Sums:
    """What these events add, by figure and label."""
    sums: Sums = defaultdict(float)
    for message in messages:
        if message["type"] == "download_update" and message["data"].get("status") in ENDED:
            _add(sums, message)
    return dict(sums)


def _fold_some() -> int:
    with transaction.atomic():
        mark = Mark.objects.select_for_update().get(reader=_READER)
        messages = events.read_after(mark.event_id, _AT_ONCE)
        if not messages:
            return 0
        for (name, label), value in sorted(sums_of(messages).items()):
            _grow(name, label, value)
        mark.event_id = messages[-1]["id"] or mark.event_id
        mark.save()
        return len(messages)


def _grow(name: str, label: str, value: float) -> None:
    """The mark is locked, so nobody else makes the same row at this moment."""
    rows = Tally.objects.filter(name=name, label=label)
    if not rows.update(value=F("value") + value):
        Tally.objects.create(name=name, label=label, value=value)


def _add(sums: Sums, message: Message) -> None:
    told = message["data"]
    status, source = told["status"], told.get("source") or "other"
    sums[Figure.ENDED, f"{status}|{source}"] += 1
    if status == Status.FAILED:
        sums[Figure.FAILED, told.get("error_code") or "internal"] += 1
    if status != Status.COMPLETED or told.get("linked"):
        return
    sums[Figure.BYTES, source] += told.get("file_size") or told.get("downloaded_bytes") or 0
    began = parse_datetime(told.get("started_at") or "")
    if began:
        _add_duration(sums, _seconds_between(began, message["at"]))


def _add_duration(sums: Sums, seconds: float) -> None:
    """The bucket it falls into; the page of metrics adds the smaller ones up."""
    fitting = next((bucket for bucket in BUCKETS if seconds <= bucket), None)
    sums[Figure.DURATION, "+Inf" if fitting is None else f"{fitting:g}"] += 1
    sums[Figure.DURATION_SUM, ""] += seconds


def _seconds_between(began: datetime, ended: str) -> float:
    end = parse_datetime(ended)
    return max(0.0, (end - began).total_seconds()) if end else 0.0
