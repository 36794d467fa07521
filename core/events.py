"""The outbox, and the only door to live updates. Who listens is not known here.

`record` keeps a change of state and shows it once it is committed; `publish` only shows, for what
the next message replaces anyway (progress).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from core import bulk, live
from core.database import read_clock
from core.live import Message
from core.models import Event

KEPT_FOR = timedelta(days=7)
KEPT_AT_LEAST = 10_000

_TURN = 0x6C697665  # one arbitrary number: the key of the advisory lock


@dataclass(frozen=True, slots=True)
class Live:
    """Something to show. `owner_id` None concerns everybody."""

    topic: str
    type: str
    owner_id: int | None
    data: dict[str, Any]


def record(*, topic: str, type: str, owner_id: int | None, data: dict[str, Any]) -> None:
    """Write an event with the change it tells of; best as the last step of the transaction.

    Ids grow in the order of commits: the id is drawn under a lock that the commit releases, so a
    reader who has seen an id has seen every smaller one that will ever be visible. Take the locks
    of all rows the transaction refers to before this one, or two transactions wait for each other.

    :raises TransactionManagementError: outside of a transaction
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("An event belongs to a transaction.")
    _wait_for_turn()
    at = read_clock()
    event = Event.objects.create(
        topic=topic, type=type, owner_id=owner_id, data=data, created_at=at
    )
    transaction.on_commit(partial(live.SENDER.put, [_message(event)]))


def record_many(news: Sequence[Live]) -> None:
    """The same for many, in their order and with few queries."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("An event belongs to a transaction.")
    if not news:
        return
    _wait_for_turn()
    at = read_clock()
    made = [
        Event(topic=one.topic, type=one.type, owner_id=one.owner_id, data=one.data, created_at=at)
        for one in news
    ]
    bulk.insert(made)
    transaction.on_commit(partial(live.SENDER.put, [_message(event) for event in made]))


def publish(*, topic: str, type: str, owner_id: int | None, data: dict[str, Any]) -> None:
    publish_many([Live(topic, type, owner_id, data)])


def publish_many(news: Sequence[Live]) -> None:
    """Show many at once, which travel together."""
    at = _iso(timezone.now())
    messages = [
        Message(
            id=None,
            topic=one.topic,
            type=one.type,
            owner_id=one.owner_id,
            data=one.data,
            at=at,
        )
        for one in news
    ]
    transaction.on_commit(partial(live.SENDER.put, messages))


def latest_id() -> int:
    """The id of the newest event, 0 if there was none yet."""
    return Event.objects.order_by("-id").values_list("id", flat=True).first() or 0


def read_after(event_id: int, limit: int) -> list[Message]:
    """The events that followed, oldest first."""
    rows = Event.objects.filter(id__gt=event_id).order_by("id")[:limit]
    return [_message(event) for event in rows]


def prune(now: datetime) -> int:
    """Delete events that are both older than a week and not among the newest 10,000."""
    ids = Event.objects.order_by("-id").values_list("id", flat=True)
    floor = ids[KEPT_AT_LEAST : KEPT_AT_LEAST + 1].first()
    if floor is None:
        return 0
    old = Event.objects.filter(id__lte=floor, created_at__lt=now - KEPT_FOR)
    return old.delete()[0]


def _wait_for_turn() -> None:
    """SQLite's write transactions take turns by themselves; PostgreSQL's must be told to."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])


def _message(event: Event) -> Message:
    return Message(
        id=event.pk,
        topic=event.topic,
        type=event.type,
        owner_id=event.owner_id,
        data=event.data,
        at=_iso(event.created_at),
    )


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
