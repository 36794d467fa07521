"""The page for Prometheus: who may read it, and figures that only grow."""

import re
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network

import pytest
from django.db import connection, connections
from django.test import RequestFactory

from core import events
from core.models import Event, WorkerHeartbeat
from downloads.models import Download
from downloads.services import queueing, transitions
from downloads.tests.build import make_download
from monitoring.middleware import MetricsMiddleware
from monitoring.models import CallTally, Mark, Tally
from monitoring.services import folding

TOKEN = {"Authorization": "Bearer a token"}


@pytest.fixture(autouse=True)
def token(settings):
    settings.METRICS_TOKEN = "a token"


def figures(client) -> dict[str, float]:
    text = client.get("/metrics", headers=TOKEN).content.decode()
    lines = [line for line in text.splitlines() if line.startswith("classroom_")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def ended(owner, status="completed", **told) -> None:
    """What the outbox holds once a download has ended."""
    data = {
        "status": status,
        "source": "youtube",
        "started_at": "2026-11-20T10:00:00Z",
        "file_size": 1000,
        **told,
    }
    Event.objects.create(topic="download.1", type="download_update", owner_id=owner.pk, data=data)


def test_only_the_token_staff_and_listed_addresses_read_it(
    anonymous, ana_client, clara_client, integrator, db, settings
):
    for client in (anonymous, ana_client, integrator):
        answer = client.get("/metrics")
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
        assert b"classroom" not in answer.content
    assert anonymous.get("/metrics", headers={"Authorization": "Bearer x"}).status_code == 401
    assert anonymous.get("/metrics", headers=TOKEN).status_code == 200
    assert clara_client.get("/metrics").status_code == 200
    settings.METRICS_ALLOWED_ADDRESSES = [ip_network("10.0.0.0/8"), ip_network("::1")]
    assert anonymous.get("/metrics").status_code == 401
    assert anonymous.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 200
    assert anonymous.get("/metrics", REMOTE_ADDR="::1").status_code == 200


def test_a_client_cannot_lie_about_its_address(anonymous, db, settings):
    settings.METRICS_ALLOWED_ADDRESSES = [ip_network("10.0.0.0/8")]
    lie = {"X-Forwarded-For": "10.1.2.3"}
    assert anonymous.get("/metrics", headers=lie).status_code == 401


def test_it_speaks_prometheus(anonymous, db):
    answer = anonymous.get("/metrics", headers=TOKEN)
    assert answer["Content-Type"].startswith("text/plain")
    names = re.findall(r"^# TYPE (\S+)", answer.content.decode(), re.MULTILINE)
    assert len(names) == len(set(names))
    expected = {
        "classroom_database_up",
        "classroom_downloads",
        "classroom_downloads_ended_total",
        "classroom_download_bytes_total",
        "classroom_download_duration_seconds",
        "classroom_queue_length",
        "classroom_queue_oldest_seconds",
        "classroom_workers",
        "classroom_google_calls_total",
        "django_http_requests_total_by_method_total",
        "django_db_query_duration_seconds",
    }
    assert expected <= set(names)


def test_downloads_are_counted_by_status_as_they_are_now(anonymous, ana, bruno):
    make_download(ana)
    make_download(bruno)
    make_download(ana, status="failed")
    WorkerHeartbeat.objects.create(holder="n1", node="school", pid=1, slots=10, busy=4)
    found = figures(anonymous)
    assert found['classroom_downloads{status="queued"}'] == 2
    assert found['classroom_downloads{status="failed"}'] == 1
    assert found['classroom_downloads{status="running"}'] == 0
    assert found["classroom_queue_length"] == 2
    assert (found["classroom_workers"], found["classroom_worker_slots_busy"]) == (1, 4)


def test_what_ended_stays_counted_when_its_rows_are_gone(anonymous, ana):
    download = make_download(ana)
    queueing.cancel_many(by=ana, ids=[download.pk])
    name = 'classroom_downloads_ended_total{source="direct",status="cancelled"}'
    assert figures(anonymous)[name] == 1
    Download.objects.all().delete()
    Event.objects.all().delete()
    assert figures(anonymous)[name] == 1


def test_bytes_durations_and_causes_come_from_the_outbox_once_each(anonymous, ana, monkeypatch):
    for number in range(3):
        ended(ana, file_size=1000 * number)
    ended(ana, status="failed", error_code="disk.full")
    ended(ana, status="queued")
    Event.objects.update(created_at="2026-11-20T10:00:07Z")
    for _ in range(2):
        found = figures(anonymous)
        assert found['classroom_download_bytes_total{source="youtube"}'] == 3000
        assert found['classroom_download_failures_total{code="disk.full"}'] == 1
        assert found['classroom_download_duration_seconds_bucket{le="5"}'] == 0
        assert found['classroom_download_duration_seconds_bucket{le="10"}'] == 3
        assert found['classroom_download_duration_seconds_bucket{le="+Inf"}'] == 3
        assert found["classroom_download_duration_seconds_count"] == 3
        assert found["classroom_download_duration_seconds_sum"] == 21
    assert Mark.objects.get().event_id == events.latest_id()


def test_what_was_only_linked_brought_no_bytes(ana):
    ended(ana, linked=True)
    folding.fold_events()
    assert dict(Tally.objects.values_list("name", "value")) == {"ended": 1}


def test_a_long_one_falls_into_the_last_bucket(ana):
    ended(ana, started_at="2026-11-19T10:00:00Z")
    Event.objects.update(created_at="2026-11-20T10:00:00Z")
    folding.fold_events()
    assert Tally.objects.get(name="duration").label == "+Inf"


def test_a_fold_that_is_cut_short_counts_nothing_twice(ana, monkeypatch):
    for _ in range(5):
        ended(ana)
    Mark.objects.create(reader="figures")
    monkeypatch.setattr(folding, "_AT_ONCE", 2)
    whole, calls = Mark.save, []

    def killed(mark, *args, **kwargs):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        whole(mark, *args, **kwargs)

    monkeypatch.setattr(Mark, "save", killed)
    with pytest.raises(KeyboardInterrupt):
        folding.fold_events()
    assert Tally.objects.get(name="ended").value == 2
    assert folding.fold_events() == 3
    assert Tally.objects.get(name="ended").value == 5


@pytest.mark.django_db(transaction=True)
def test_nodes_that_fold_at_the_same_moment_count_once(ana):
    for _ in range(40):
        ended(ana)

    def fold(_):
        try:
            return folding.fold_events()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as nodes:
        taken = list(nodes.map(fold, range(4)))
    assert sum(taken) == 40
    assert Tally.objects.get(name="ended").value == 40


def test_nothing_is_written_while_nothing_happens(ana, django_assert_num_queries):
    ended(ana)
    folding.fold_events()
    with django_assert_num_queries(2, connection=connection):
        assert folding.fold_events() == 0


def test_a_real_end_brings_all_the_page_needs(ana):
    """The fields that are read here are those that downloads tell."""
    download = make_download(ana, status="completed")
    transitions.record_made([download], actor="test")
    folding.fold_events()
    told = {(tally.name, tally.label) for tally in Tally.objects.all()}
    assert ("ended", "completed|direct") in told


def test_calls_to_google_are_counted_by_outcome(anonymous, db):
    CallTally.objects.create(outcome="ok", calls=7)
    found = figures(anonymous)
    assert found['classroom_google_calls_total{outcome="ok"}'] == 7
    assert found['classroom_google_calls_total{outcome="unreachable"}'] == 0


def test_methods_nobody_knows_are_one_label(anonymous, db):
    made = {}

    class Metric:
        def labels(self, **labels):
            made.update(labels)
            return self

    request = RequestFactory().generic("BREW", "/health/live")
    MetricsMiddleware(lambda _: None).label_metric(Metric(), request, method="BREW", view="x")
    assert made == {"method": "<invalid method>", "view": "x"}
