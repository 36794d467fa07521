"""What happened is kept with the change, shown after it, and never in the way of either."""

import asyncio
import json
import multiprocessing
import os
import threading
from collections.abc import Callable
from datetime import timedelta
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core import events, live
from core.live import Sender
from core.models import Event

FACTS: dict[str, Any] = {"topic": "download.7", "type": "download_update", "owner_id": 1}


class Layer:
    """Takes letters as a channel layer does; can be slow, or away."""

    def __init__(self) -> None:
        self.letters: list[list[dict[str, Any]]] = []
        self.on_letter: Callable[[list[dict[str, Any]]], None] = self.letters.append
        self.attempts = 0
        self.away = False
        self.open = threading.Event()
        self.open.set()

    async def group_send(self, group, message) -> None:
        self.attempts += 1
        while not self.open.is_set():
            await asyncio.sleep(0.005)
        if self.away:
            raise ConnectionError("nobody there")
        assert group == "live"
        assert message["type"] == "live"
        self.on_letter([json.loads(text) for text in message["messages"]])

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [message for letter in self.letters for message in letter]


@pytest.fixture
def layer(monkeypatch) -> Layer:
    layer = Layer()
    monkeypatch.setattr(live, "get_channel_layer", lambda: layer)
    return layer


def note(event_id, **data):
    return {**FACTS, "id": event_id, "data": data, "at": "2026-01-01T00:00:00.000Z"}


@pytest.mark.django_db(transaction=True)
def test_an_event_is_shown_once_its_transaction_has_committed(layer):
    with transaction.atomic():
        events.record(**FACTS, data={"status": "queued"})
        live.SENDER.flush(0.05)
        assert layer.letters == []
    live.SENDER.flush()

    row = Event.objects.get()
    assert layer.messages == events.read_after(0, 10)
    assert layer.messages == [
        {**FACTS, "id": row.pk, "data": {"status": "queued"}, "at": layer.messages[0]["at"]}
    ]
    assert layer.messages[0]["at"].endswith("Z")


@pytest.mark.django_db(transaction=True)
def test_an_event_of_a_change_that_was_rolled_back_never_was(layer):
    with transaction.atomic():
        events.record(**FACTS, data={})
        transaction.set_rollback(True)
    live.SENDER.flush(0.05)

    assert Event.objects.count() == 0
    assert layer.attempts == 0


@pytest.mark.django_db(transaction=True)
def test_an_event_without_a_transaction_is_refused(layer):
    with pytest.raises(transaction.TransactionManagementError):
        events.record(**FACTS, data={})

    assert Event.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_progress_is_shown_and_not_kept(layer):
    events.publish(**FACTS, data={"progress": 50})
    live.SENDER.flush()

    assert [message["data"] for message in layer.messages] == [{"progress": 50}]
    assert layer.messages[0]["id"] is None
    assert Event.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_progress_of_many_travels_together(layer):
    events.publish_many([events.Live(**FACTS, data={"progress": n}) for n in range(50)])
    live.SENDER.flush()

    assert [len(letter) for letter in layer.letters] == [50]


@pytest.mark.django_db
def test_only_events_that_are_both_old_and_many_are_pruned(monkeypatch):
    monkeypatch.setattr(events, "KEPT_AT_LEAST", 4)
    now = timezone.now()
    ages = [9, 8, 8, 6, 8, 2, 1, 0]  # days, oldest id first
    rows = [
        Event.objects.create(**FACTS, data={}, created_at=now - timedelta(days=days, minutes=1))
        for days in ages
    ]

    assert events.prune(now) == 3
    assert list(Event.objects.order_by("id")) == rows[3:]
    assert events.prune(now) == 0


def test_a_reader_goes_on_after_what_it_has_seen(db):
    ids = [Event.objects.create(**FACTS, data={"n": n}).pk for n in range(3)]

    assert events.latest_id() == ids[2]
    assert [one["id"] for one in events.read_after(ids[0], 10)] == ids[1:]
    assert [one["id"] for one in events.read_after(0, 2)] == ids[:2]


def test_when_there_is_no_room_the_oldest_progress_goes_first(layer, monkeypatch):
    monkeypatch.setattr(live, "_ROOM", 4)
    layer.open.clear()
    sender = Sender()
    sender.put([note(0)])
    while not layer.attempts:
        sleep(0.002)

    sender.put([note(1), note(None, n=1), note(2), note(None, n=2), note(3), note(4)])
    layer.open.set()
    sender.flush()

    assert [message["id"] for message in layer.messages] == [0, 1, 2, 3, 4]


def test_when_all_that_waits_are_moves_the_oldest_goes(layer, monkeypatch):
    monkeypatch.setattr(live, "_ROOM", 2)
    layer.open.clear()
    sender = Sender()
    sender.put([note(0)])
    while not layer.attempts:
        sleep(0.002)

    sender.put([note(number) for number in range(1, 6)])
    layer.open.set()
    sender.flush()

    assert [message["id"] for message in layer.messages] == [0, 4, 5]


def test_a_caller_neither_waits_nor_fails_when_nobody_takes_the_messages(layer, caplog):
    layer.away = True
    sender = Sender()

    began = monotonic()
    for number in range(100):
        sender.put([note(number)])
    assert monotonic() - began < 0.5
    sender.flush()
    layer.away = False
    sender.put([note(100)])
    sender.flush()

    assert [message["id"] for message in layer.messages] == [100]
    assert len([record for record in caplog.records if record.name == "core.live"]) == 1


def test_a_letter_does_not_outgrow_a_datagram(layer):
    layer.open.clear()
    sender = Sender()
    sender.put([note(0)])
    while not layer.attempts:
        sleep(0.002)

    sender.put([note(number, text="x" * 5000) for number in range(1, 101)])
    layer.open.set()
    sender.flush()

    assert [message["id"] for message in layer.messages] == list(range(101))
    assert max(len(json.dumps(letter)) for letter in layer.letters) < 100_000
    assert len(layer.letters) > 5


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_worker_sends_its_own_messages_and_only_those(layer):
    sender = live.SENDER
    layer.open.clear()
    sender.put([note(1)])
    while not layer.attempts:
        sleep(0.002)
    sender.put([note(2)])
    readable, writable = os.pipe()

    child = os.fork()
    if child == 0:
        layer.letters.clear()
        layer.open.set()
        sender.put([note(3)])
        sender.flush()
        os.write(writable, json.dumps([one["id"] for one in layer.messages]).encode())
        os._exit(0)
    os.waitpid(child, 0)
    layer.open.set()
    sender.flush()

    assert json.loads(os.read(readable, 1000)) == [3]
    assert [message["id"] for message in layer.messages] == [1, 2]
    os.close(readable)
    os.close(writable)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_what_a_worker_said_last_is_sent_before_it_ends(layer):
    receiving, sending = multiprocessing.Pipe(duplex=False)

    def work() -> None:
        layer.open.clear()
        threading.Timer(0.1, layer.open.set).start()
        layer.on_letter = lambda letter: sending.send([one["id"] for one in letter])
        live.SENDER.put([note(7)])

    worker = multiprocessing.get_context("fork").Process(target=work)
    worker.start()
    worker.join(10)

    assert receiving.poll()
    assert receiving.recv() == [7]
    receiving.close()
    sending.close()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_ids_grow_in_the_order_of_commits(layer):
    """Eight writers that commit late and in a hurry, and a reader who remembers one number."""
    if connection.vendor != "postgresql":
        pytest.skip("SKIPPED: it is about PostgreSQL, and DATABASE_URL names none")
    seen: list[int] = []
    writers = [threading.Thread(target=_write_in_a_hurry, args=[n]) for n in range(8)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers) or len(seen) < 200:
        seen += [one["id"] or 0 for one in events.read_after(seen[-1] if seen else 0, 50)]
    for writer in writers:
        writer.join()

    assert seen == sorted(Event.objects.values_list("id", flat=True))
    assert len(seen) == 200


def _write_in_a_hurry(writer: int) -> None:
    for number in range(25):
        with transaction.atomic():
            if number % 3 == 0:
                sleep(0.002)
            events.record(**FACTS, data={"writer": writer})
            if number % 2 == 0:
                sleep(0.004)  # the id is drawn long before the commit
        if number % 5 == 0:
            with transaction.atomic():
                events.record(**FACTS, data={})
                transaction.set_rollback(True)
    connection.close()
