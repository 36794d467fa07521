"""Every event exactly once and in order, whatever happens to the messages about it."""

import asyncio
import json
from typing import Any

import pytest
from django.db import OperationalError

from accounts.models import Role, User
from core import events
from realtime import hub
from realtime.access import Viewer
from realtime.hub import Hub

ANA = Viewer(User(pk=1, username="ana"), is_admin=False, language="en")
BRUNO = Viewer(User(pk=2, username="bruno"), is_admin=False, language="en")
CLARA = Viewer(User(pk=3, username="clara", role=Role.ADMIN), is_admin=True, language="en")


def message(event_id, owner_id=1, topic="download.7", **data):
    return {
        "id": event_id,
        "topic": topic,
        "type": "download_update",
        "owner_id": owner_id,
        "data": data,
        "at": "2026-01-01T00:00:00.000Z",
    }


class Table:
    """The event table, as the hub reads it."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.reads = 0
        self.away = False

    def add(self, event_id, **facts) -> dict[str, Any]:
        self.rows.append(message(event_id, **facts))
        return self.rows[-1]

    def latest_id(self) -> int:
        return self.rows[-1]["id"] if self.rows else 0

    def read_after(self, event_id: int, limit: int) -> list[dict[str, Any]]:
        if self.away:
            raise OperationalError("gone")
        self.reads += 1
        return [row for row in self.rows if row["id"] > event_id][:limit]


class Wire:
    """A channel layer of which a test says what arrives and when it breaks."""

    def __init__(self) -> None:
        self.letters: asyncio.Queue[Any] = asyncio.Queue()
        self.joined = 0

    async def new_channel(self) -> str:
        return "here"

    async def group_add(self, group: str, channel: str) -> None:
        self.joined += 1

    async def receive(self, channel: str) -> dict[str, Any]:
        letter = await self.letters.get()
        if isinstance(letter, Exception):
            raise letter
        return dict(letter)

    def brings(self, *messages: dict[str, Any]) -> None:
        texts = [json.dumps(one) for one in messages]
        self.letters.put_nowait({"type": "live", "messages": texts})


class Ear:
    hub: Hub

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.heard: list[Any] = []

    def hear(self, news) -> None:
        self.heard.append(news.id if news.id is not None else news.data)


@pytest.fixture
def table(monkeypatch) -> Table:
    table = Table()
    monkeypatch.setattr(events, "latest_id", table.latest_id)
    monkeypatch.setattr(events, "read_after", table.read_after)
    monkeypatch.setattr("realtime.threads.close_old_connections", lambda: None)
    return table


@pytest.fixture
def wire(monkeypatch) -> Wire:
    wire = Wire()
    monkeypatch.setattr(hub, "get_channel_layer", lambda: wire)
    return wire


@pytest.fixture
async def ear(table, wire) -> Ear:
    """Ana's, listening to download 7; the events up to 10 are from before."""
    table.add(10)
    one = Hub()
    await one.ready()
    ear = Ear(ANA)
    ear.hub = one
    one.follow_topic(ear, "download.7")
    await settled(lambda: wire.joined and table.reads)
    table.reads = 0
    return ear


async def settled(true=lambda: False, within: float = 2.0) -> None:
    async with asyncio.timeout(within):
        while not true():
            await asyncio.sleep(0.005)


async def test_messages_that_follow_one_another_need_no_reading(ear, table, wire):
    wire.brings(table.add(11), table.add(12))
    wire.brings(table.add(13))

    await settled(lambda: len(ear.heard) == 3)
    assert ear.heard == [11, 12, 13]
    assert table.reads == 0


async def test_a_lost_message_is_found_in_the_table_and_the_order_kept(ear, table, wire):
    table.add(11)
    wire.brings(table.add(12))

    await settled(lambda: len(ear.heard) == 2)
    assert ear.heard == [11, 12]


async def test_messages_out_of_order_are_told_in_order_and_once(ear, table, wire):
    first, second, third = (table.add(number) for number in (11, 12, 13))
    wire.brings(third, first, second, third, first)

    await settled(lambda: len(ear.heard) >= 3)
    wire.brings(table.add(14))
    await settled(lambda: 14 in ear.heard)
    assert ear.heard == [11, 12, 13, 14]


async def test_ids_that_were_never_used_hold_nothing_up(ear, table, wire):
    wire.brings(table.add(15))

    await settled(lambda: ear.heard)
    assert ear.heard == [15]


async def test_without_any_message_the_table_is_enough(ear, table, monkeypatch):
    table.add(11)

    await settled(lambda: ear.heard, within=hub.LOOK_SECONDS + 1)
    assert ear.heard == [11]


async def test_more_events_than_a_page_are_all_told(ear, table, wire, monkeypatch):
    monkeypatch.setattr(hub, "_PAGE", 3)
    for number in range(11, 30):
        table.add(number)
    wire.brings(table.add(30))

    await settled(lambda: 30 in ear.heard)
    assert ear.heard == list(range(11, 31))


async def test_progress_goes_round_the_table_but_not_past_what_is_missing(ear, table, wire):
    wire.brings(message(None, progress=1))
    await settled(lambda: ear.heard)

    table.add(11)
    wire.brings(table.add(12), message(None, progress=2))
    await settled(lambda: 12 in ear.heard)
    wire.brings(message(None, progress=3))
    await settled(lambda: {"progress": 3} in ear.heard)

    assert ear.heard == [{"progress": 1}, 11, 12, {"progress": 3}]


async def test_when_the_wire_breaks_it_is_taken_up_again(ear, table, wire, monkeypatch, caplog):
    monkeypatch.setattr(hub, "_RETRY_SECONDS", 0.01)
    wire.letters.put_nowait(ConnectionError("Redis is away"))
    table.add(11)

    await settled(lambda: ear.heard == [11])
    assert wire.joined == 2
    wire.brings(table.add(12))
    await settled(lambda: ear.heard == [11, 12])


async def test_when_the_database_is_away_nothing_is_lost(ear, table, wire, monkeypatch):
    monkeypatch.setattr(hub, "_RETRY_SECONDS", 0.01)
    table.away = True
    table.add(11)
    wire.brings(table.add(12))
    await asyncio.sleep(0.05)
    assert ear.heard == []

    table.away = False
    await settled(lambda: ear.heard == [11, 12])


async def test_only_who_may_see_it_is_told(ear, table, wire):
    own, other, staff, curious = Ear(ANA), Ear(BRUNO), Ear(CLARA), Ear(BRUNO)
    for follower in (own, other, staff):
        ear.hub.follow_own(follower)
    ear.hub.follow_topic(curious, "download.7")

    wire.brings(table.add(11), table.add(12, owner_id=2), table.add(13, owner_id=None))
    await settled(lambda: 13 in ear.heard)

    assert own.heard == [11, 13]
    assert other.heard == [12, 13]
    assert staff.heard == [11, 12, 13]
    assert curious.heard == [12, 13]
    assert ear.heard == [11, 13]


async def test_the_trouble_of_one_is_not_that_of_the_others(ear, table, wire, caplog):
    class Deaf(Ear):
        def hear(self, news) -> None:
            raise ZeroDivisionError

    broken = Deaf(ANA)
    ear.hub.follow_own(broken)

    wire.brings(table.add(11), table.add(12))

    await settled(lambda: ear.heard == [11, 12])


async def test_who_leaves_hears_no_more_and_leaves_nothing_behind(ear, table, wire):
    guest = Ear(ANA)
    ear.hub.follow_own(guest)()
    ear.hub.follow_topic(guest, "download.8")()

    wire.brings(table.add(11))
    await settled(lambda: ear.heard)

    assert guest.heard == []
    assert set(ear.hub._by_topic) == {"download.7"}
    assert ear.hub._by_owner == {}


async def test_a_hub_that_could_not_begin_begins_with_the_next_socket(table, wire, monkeypatch):
    one = Hub()
    monkeypatch.setattr(events, "latest_id", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        await one.ready()

    monkeypatch.setattr(events, "latest_id", table.latest_id)
    await one.ready()
    assert one.last_id == 0
