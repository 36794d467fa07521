"""Whose download comes next: within one priority everybody has a turn.

A download's level is the number of its owner's running downloads plus that of the owner's own
downloads before it; the lowest level goes first. So whoever has least under way is next, and a
single video does not wait for somebody else's five hundred. Of equal levels goes first who was
served longest ago, or whose line has waited since then: so those with long lines take turns, and
whoever comes new has one too.
"""

import heapq
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate
from typing import Any

from django.db.models import Count, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from core.models import Status


@dataclass(frozen=True, slots=True)
class Line:
    """The downloads of one owner that wait with one priority."""

    priority: int
    owner_id: int
    number: int
    since: datetime
    first_id: int
    running: int = 0
    served: datetime | None = None

    @property
    def order(self) -> tuple[datetime, int]:
        return max(self.since, self.served or self.since), self.first_id


class Lines:
    """All lines of one priority."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self.of_owner = {line.owner_id: line for line in lines}
        self.number = sum(line.number for line in self.of_owner.values())
        self._begins = _Steps(line.running for line in self.of_owner.values())
        self._ends = _Steps(line.running + line.number for line in self.of_owner.values())
        self._at_level: dict[int, list[tuple[datetime, int]]] = {}

    def before(self, owner_id: int, rank: int) -> int:
        """How many go before the one that has `rank` others before it in its owner's line."""
        line = self.of_owner[owner_id]
        level = line.running + rank
        lower = self._begins.below(level) - self._ends.below(level)
        return lower + bisect_left(self._orders_at(level), line.order)

    def _orders_at(self, level: int) -> list[tuple[datetime, int]]:
        if level not in self._at_level:
            self._at_level[level] = sorted(
                line.order
                for line in self.of_owner.values()
                if line.running <= level < line.running + line.number
            )
        return self._at_level[level]


class _Steps:
    """The sum of all that a level lies above each of these numbers."""

    def __init__(self, numbers: Iterable[int]) -> None:
        self._numbers = sorted(numbers)
        self._sums = [0, *accumulate(self._numbers)]

    def below(self, level: int) -> int:
        smaller = bisect_left(self._numbers, level)
        return smaller * level - self._sums[smaller]


def lines_of(ready: QuerySet[Any]) -> dict[int, Lines]:
    """All lines of `ready`, the downloads that could be started, by priority; two queries."""
    found: dict[int, list[Line]] = {}
    for line in _lines(ready):
        found.setdefault(line.priority, []).append(line)
    return {priority: Lines(lines) for priority, lines in found.items()}


def next_ids(ready: QuerySet[Any], limit: int) -> list[int]:
    """The first `limit` of `ready` in turn, with as few queries as `limit` allows."""
    lines = _lines(ready)
    turns = _turns(lines, limit)
    ids = {line: iter(found) for line, found in _first_of(ready, Counter(turns)).items()}
    return [pk for line in turns if line in ids and (pk := next(ids[line], None)) is not None]


def _lines(ready: QuerySet[Any]) -> list[Line]:
    grouped = ready.order_by().values_list("priority", "owner_id")
    rows: Any = grouped.annotate(Count("id"), Min("available_at"), Min("id"))
    found = [Line(*row) for row in rows]
    standing = _standing(ready, {line.owner_id for line in found})
    return [replace(line, **standing.get(line.owner_id, {})) for line in found]


def _standing(ready: QuerySet[Any], owners: Collection[int]) -> dict[int, dict[str, Any]]:
    """How many downloads of each of these owners run, and when they had a turn last."""
    own = ready.model._default_manager.filter(owner=OuterRef("pk")).order_by()  # noqa: SLF001
    run = own.filter(status=Status.RUNNING).values("owner").annotate(number=Count("id"))
    last = own.filter(started_at__isnull=False).order_by("-started_at")
    people = User.objects.filter(pk__in=owners).annotate(
        running=Coalesce(Subquery(run.values("number")), 0),
        served=Subquery(last.values("started_at")[:1]),
    )
    rows = people.values_list("pk", "running", "served")
    return {pk: {"running": running, "served": served} for pk, running, served in rows}


def _turns(lines: list[Line], limit: int) -> list[Line]:
    """Whose turn it is, `limit` times, if nothing ends meanwhile."""
    every = [(-line.priority, line.running, line.order, line.number, line) for line in lines]
    heap = heapq.nsmallest(limit, every)  # no two have the same order, so lines do not compare
    taken: list[Line] = []
    while heap and len(taken) < limit:
        urgency, level, order, left, line = heap[0]
        taken.append(line)
        if left > 1:
            heapq.heapreplace(heap, (urgency, level + 1, order, left - 1, line))
        else:
            heapq.heappop(heap)
    return taken


def _first_of(ready: QuerySet[Any], wanted: Counter[Line]) -> dict[Line, list[int]]:
    """As many of each line as are wanted; those of which one is wanted in one query."""
    ready = ready.order_by("available_at", "id")
    found = {
        line: list(_own(ready, line).values_list("id", flat=True)[:number])
        for line, number in wanted.items()
        if number > 1
    }
    single = {(line.owner_id, line.priority): line for line, n in wanted.items() if n == 1}
    heads = ready.filter(
        owner_id__in={line.owner_id for line in single.values()},
        priority__in={line.priority for line in single.values()},
        available_at__in={line.since for line in single.values()},
    )
    for owner_id, priority, pk in heads.values_list("owner_id", "priority", "id"):
        if line := single.get((owner_id, priority)):
            found.setdefault(line, []).append(pk)
    return found


def _own(ready: QuerySet[Any], line: Line) -> QuerySet[Any]:
    return ready.filter(owner_id=line.owner_id, priority=line.priority)
