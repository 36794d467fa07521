"""The order in which one person's own downloads are begun."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Min
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.database import read_clock
from core.errors import Conflict
from core.models import Status
from core.queue import wake_workers
from downloads.models import Download
from downloads.services import transitions

_STEP = timedelta(microseconds=1)


def move_in_queue(*, by: User, downloads: Sequence[Download], first: bool) -> set[int]:
    """Put waiting downloads before, or after, all others of the same owner and priority.

    They keep the order in which they are given. What does not wait for its turn (it runs, has
    ended, or waits for the time of its next try) stays as it is. Nobody else's turn changes: of
    two people's queues the heads alone are compared. Returns the ids of what was moved.
    """
    place = {download.pk: number for number, download in enumerate(downloads)}
    with transaction.atomic():
        now = read_clock()
        rows = Download.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
        waiting = rows.filter(id__in=place, status=Status.QUEUED, available_at__lte=now)
        found = sorted(waiting.order_by("id"), key=lambda download: place[download.pk])
        for line in _lines(found):
            _move(line, first=first, now=now)
            transitions.tell_queue(owner_id=line[0].owner_id, number=len(line))
    if found:
        wake_workers()
    return {download.pk for download in found}


def not_waiting() -> Conflict:
    text = _("Only a download that waits for its turn can be moved in the queue.")
    return Conflict(text, code="not_waiting")


def _lines(downloads: Iterable[Download]) -> list[list[Download]]:
    lines: dict[tuple[int, int], list[Download]] = {}
    for download in downloads:
        lines.setdefault((download.owner_id, download.priority), []).append(download)
    return [lines[key] for key in sorted(lines)]


def _move(line: list[Download], *, first: bool, now: datetime) -> None:
    others = Download.objects.filter(
        owner=line[0].owner_id,
        priority=line[0].priority,
        status=Status.QUEUED,
        available_at__lte=now,
    ).exclude(id__in=[download.pk for download in line])
    ends = others.aggregate(head=Min("available_at"), tail=Max("available_at"))
    if ends["head"] is None:
        begin = line[0].available_at
    else:
        begin = ends["head"] - len(line) * _STEP if first else ends["tail"] + _STEP
    for number, download in enumerate(line):
        download.available_at = begin + number * _STEP
    Download.objects.bulk_update(line, ["available_at"])
