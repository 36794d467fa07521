"""Many downloads cancelled, retried or put in another order at once."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models import Event
from downloads.models import Download, Transition
from downloads.tests.build import make_download
from library.models import Video

pytestmark = pytest.mark.django_db
BULK = "/api/v1/downloads/bulk"


def act(client, action, **what):
    return client.post(BULK, {"action": action, **what}, "application/json")


def codes(answer) -> dict[int, str]:
    return {one["id"]: one["code"] for one in answer.json()["refused"]}


def test_what_can_be_cancelled_is_and_what_cannot_says_why(ana_client, ana, bruno):
    waits, runs = make_download(ana), make_download(ana, status="running")
    failed, done = make_download(ana, status="failed"), make_download(ana, status="completed")
    foreign = make_download(bruno)
    ids = [one.pk for one in (waits, runs, failed, done, foreign)]

    answer = act(ana_client, "cancel", ids=ids)

    assert answer.status_code == 200
    assert (answer.json()["done"], answer.json()["unchanged"]) == (2, 1)
    assert codes(answer) == {done.pk: "already_completed", foreign.pk: "not_found"}
    states = dict(Download.objects.values_list("id", "status"))
    assert [states[pk] for pk in ids] == [
        "cancelled",
        "cancelled",
        "failed",
        "completed",
        "queued",
    ]


def test_every_move_leaves_its_history_and_its_event(ana_client, ana):
    many = [make_download(ana) for _ in range(30)]

    act(ana_client, "cancel", ids=[one.pk for one in many])

    moves = Transition.objects.values_list("download_id", "source", "target", "actor")
    assert sorted(moves) == [(one.pk, "queued", "cancelled", f"user:{ana.pk}") for one in many]
    told = Event.objects.filter(type="download_update").order_by("id")
    assert [event.data["id"] for event in told] == [one.pk for one in many]
    assert {event.data["status"] for event in told} == {"cancelled"}


@pytest.mark.parametrize(("action", "status"), [("cancel", "queued"), ("retry", "failed")])
def test_500_cost_as_many_queries_as_5(ana_client, ana, action, status):
    def queries(number: int) -> int:
        ids = [make_download(ana, status=status).pk for _ in range(number)]
        with CaptureQueriesContext(connection) as found:
            answer = act(ana_client, action, ids=ids)
        assert answer.json()["done"] == number
        return len(found)

    queries(2)
    assert queries(500) == queries(5)


def test_of_two_failures_of_the_same_video_one_is_started_again(ana_client, ana):
    first = make_download(ana, status="failed")
    second = make_download(ana, status="failed", fingerprint=first.fingerprint)
    third = make_download(ana, status="cancelled")

    answer = act(ana_client, "retry", ids=[first.pk, second.pk, third.pk])

    assert answer.json()["done"] == 2
    assert codes(answer) == {second.pk: "already_under_way"}
    second.refresh_from_db()
    assert (second.status, second.error_code) == ("failed", "source.private")


def test_what_runs_or_is_complete_cannot_be_retried(ana_client, ana):
    runs, done = make_download(ana, status="running"), make_download(ana, status="completed")

    answer = act(ana_client, "retry", ids=[runs.pk, done.pk])

    assert codes(answer) == {runs.pk: "not_retryable", done.pk: "not_retryable"}
    runs.refresh_from_db()
    assert (runs.status, runs.token) == ("running", "t" * 32)


def order(owner) -> list[int]:
    waiting = Download.objects.filter(owner=owner).claimable()
    return list(waiting.in_turn().values_list("id", flat=True))


def test_a_teacher_puts_a_video_first_in_her_own_queue(ana_client, ana, bruno):
    his = make_download(bruno)
    a, b, c, d = (make_download(ana).pk for _ in range(4))

    answer = act(ana_client, "first", ids=[d, b])

    assert answer.json()["done"] == 2
    assert order(ana) == [d, b, a, c]
    assert order(bruno) == [his.pk]


def test_and_another_one_last(ana_client, ana):
    a, b, c = (make_download(ana).pk for _ in range(3))

    assert act(ana_client, "last", ids=[a]).json()["done"] == 1

    assert order(ana) == [b, c, a]


def test_moving_in_the_queue_takes_nobody_elses_turn(ana_client, ana, bruno):
    hers = [make_download(ana).pk for _ in range(3)]
    his = make_download(bruno).pk

    act(ana_client, "first", ids=[hers[2]])

    assert Download.objects.claimable().next_ids(4) == [hers[2], his, hers[0], hers[1]]


def test_only_what_waits_for_its_turn_is_moved(ana_client, ana, bruno, later):
    runs, retries = make_download(ana, status="running"), make_download(ana, available_at=later)
    foreign = make_download(bruno)
    before = list(Download.objects.order_by("id").values_list("id", "available_at"))

    answer = act(ana_client, "first", ids=[runs.pk, retries.pk, foreign.pk])

    assert answer.json()["done"] == 0
    assert codes(answer) == {
        runs.pk: "not_waiting",
        retries.pk: "not_waiting",
        foreign.pk: "not_found",
    }
    assert list(Download.objects.order_by("id").values_list("id", "available_at")) == before


def test_an_open_page_hears_of_the_new_order(ana_client, ana):
    make_download(ana)
    last = make_download(ana)

    act(ana_client, "first", ids=[last.pk])

    event = Event.objects.get()
    assert (event.type, event.owner_id, event.data) == ("downloads_update", ana.pk, {"number": 1})


def test_the_buttons_of_the_list_do_the_same(ana_client, ana):
    first, second = make_download(ana).pk, make_download(ana).pk
    page = ana_client.get("/downloads").content.decode()
    assert 'value="first"' in page
    assert 'value="last"' in page

    ana_client.post("/downloads/bulk", {"action": "first", "download": [second]})

    assert order(ana) == [second, first]


@pytest.fixture
def later():
    return timezone.now() + timedelta(hours=1)


def test_what_was_held_for_a_time_is_held_for_good_once_it_is_asked_for_so(ana_client, ana):
    done = make_download(ana, status="completed")
    Video.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    Download.objects.update(source_key="k")
    Video.objects.update(source=done.source, source_key=sha256(done.url.encode()).hexdigest())
    ask = {"url": done.url, "expires_in": 3600}

    ana_client.post("/api/v1/downloads", ask, "application/json")
    kept_for_a_time = Video.objects.get().expires_at
    answer = ana_client.post("/api/v1/downloads", {"url": done.url}, "application/json")

    assert kept_for_a_time is not None
    assert answer.json()["linked"] is True
    assert Video.objects.get().expires_at is None
