"""Many rows at once are the same rows as one by one."""

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core import bulk, events
from core.models import Event
from downloads.models import Download, Transition
from downloads.tests.build import make_download

pytestmark = pytest.mark.django_db


def test_rows_are_as_django_itself_would_write_them(ana):
    one = make_download(ana, title="Aula 'é' 1", duration_seconds=61.5, priority=-3)
    fields = {
        field.attname: getattr(one, field.attname)
        for field in Download._meta.concrete_fields
        if field.attname not in {"id", "fingerprint"}
    }
    twins = [Download(**fields, fingerprint=str(number)) for number in range(3)]

    bulk.insert(twins)

    found = Download.objects.filter(id__in=[twin.pk for twin in twins]).order_by("id")
    rows: list[dict[str, Any]] = [dict(row) for row in found.values()]
    original: dict[str, Any] = dict(Download.objects.values().get(id=one.pk))
    del original["fingerprint"]
    assert [row.pop("fingerprint") for row in rows] == ["0", "1", "2"]
    for row, twin in zip(rows, twins, strict=True):
        assert row == original | {"id": twin.pk}


def test_json_is_kept_with_each_row(ana):
    made = [Event(topic="t", type="x", owner_id=ana.pk, data={"n": n}) for n in range(3)]

    bulk.insert(made)

    assert list(Event.objects.order_by("id").values_list("data", flat=True)) == [
        {"n": 0},
        {"n": 1},
        {"n": 2},
    ]


def test_a_row_of_django_itself_follows_with_the_next_id(ana):
    made = [Event(topic="t", type="x", data={}) for _ in range(5)]
    bulk.insert(made)

    later = Event.objects.create(topic="t", type="x", data={})

    assert later.pk > made[-1].pk
    assert sorted(event.pk for event in made) == [event.pk for event in made]


def test_one_refused_row_refuses_all(ana):
    one = make_download(ana)
    before = list(Download.objects.values())
    fields = {"owner": ana, "url": one.url, "source": "direct", "source_key": "k"}
    rows = [Download(**fields, fingerprint="new"), Download(**fields, fingerprint=one.fingerprint)]

    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(rows)

    assert list(Download.objects.values()) == before


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_nothing_is_written():
    with pytest.raises(transaction.TransactionManagementError):
        bulk.insert([Event(topic="t", type="x", data={})])

    assert not Event.objects.exists()


def test_a_thousand_cost_as_many_queries_as_two(ana):
    def queries(number: int) -> int:
        rows = [Event(topic="t", type="x", data={"n": n}) for n in range(number)]
        with CaptureQueriesContext(connection) as found:
            bulk.insert(rows)
        return len(found)

    assert queries(1000) == queries(2)
    assert Event.objects.count() == 1002


@pytest.mark.django_db(transaction=True)
def test_two_writers_never_get_the_same_ids():
    def write() -> None:
        try:
            for _ in range(5):
                with transaction.atomic():
                    bulk.insert([Event(topic="t", type="x", data={}) for _ in range(20)])
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Event.objects.count() == 300


def test_many_events_are_recorded_in_their_order(ana, django_capture_on_commit_callbacks):
    news = [events.Live(f"download.{n}", "download_update", ana.pk, {"n": n}) for n in range(3)]

    events.record_many(news)

    assert [message["topic"] for message in events.read_after(0, 10)] == [
        "download.0",
        "download.1",
        "download.2",
    ]


def test_nothing_is_nothing():
    bulk.insert([])
    events.record_many([])

    assert not Transition.objects.exists()
    assert not Event.objects.exists()
