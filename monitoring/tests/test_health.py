"""How the installation is, told in one word to all and part by part to those who look after it."""

import threading
from datetime import timedelta
from time import monotonic
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection, connections
from django.utils import timezone

from accounts.services import api_keys
from core.models import WorkerHeartbeat
from downloads.tests.build import make_download
from monitoring.models import CallTally, NodeFacts
from monitoring.probes import Probe
from monitoring.selectors import health, readiness

TODAY = timezone.now().strftime("%Y.%m.%d")


@pytest.fixture
def worker(db) -> WorkerHeartbeat:
    """A node that is well, and has what it needs."""
    NodeFacts.objects.create(holder="n1", ytdlp=TODAY, ffmpeg="7.1", deno="2.9.8")
    return WorkerHeartbeat.objects.create(holder="n1", node="school", pid=1, slots=10, busy=3)


@pytest.fixture
def token(settings) -> dict[str, str]:
    settings.METRICS_TOKEN = "a token"
    return {"Authorization": "Bearer a token"}


def checks(client, **how):
    return client.get("/health", **how).json()["checks"]


@pytest.mark.parametrize("path", ["/health/live", "/health/live/"])
def test_everybody_hears_that_it_lives(anonymous, path):
    answer = anonymous.get(path)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert not answer.cookies


def test_neither_database_nor_session_is_asked(anonymous, db, django_assert_num_queries):
    with django_assert_num_queries(0, connection=connection):
        assert anonymous.get("/health/live").status_code == 200
        assert anonymous.head("/health/live").status_code == 200


def test_nor_is_it_asked_who_is_signed_in(ana_client, django_assert_num_queries):
    with django_assert_num_queries(0, connection=connection):
        assert ana_client.get("/health/live").status_code == 200


def test_a_key_that_opens_nothing_does_not_matter(anonymous):
    headers = {"Authorization": "Bearer cdk_wrong"}
    assert anonymous.get("/health/live", headers=headers).status_code == 200


def test_only_asking_is_possible(anonymous):
    answer = anonymous.post("/health/live")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    for path in ("/health", "/health/ready", "/metrics"):
        assert anonymous.post(path).status_code == 405


def test_everybody_hears_one_word(anonymous, worker):
    answer = anonymous.get("/health")
    assert answer.status_code == 200
    assert answer.json().keys() == {"status", "checked_at"}
    assert answer.json()["status"] == "ok"
    assert "no-store" in answer["Cache-Control"]


def test_staff_and_the_token_hear_of_every_part(clara_client, anonymous, worker, token):
    names = ["database", "queue", "workers", "google", "programs", "storage", "live"]
    for found in (checks(clara_client), checks(anonymous, headers=token)):
        assert list(found) == names
        assert {part["status"] for part in found.values()} == {"ok"}
        assert {name: found["workers"][name] for name in ("nodes", "slots", "busy")} == {
            "nodes": 1,
            "slots": 10,
            "busy": 3,
        }
        assert found["programs"]["ytdlp"] == [TODAY]
        assert found["programs"]["ytdlp_age_days"] in {0, 1}


def test_teachers_wrong_tokens_and_keys_without_the_scope_hear_one_word(
    ana_client, integrator, anonymous, clara, worker, token, settings
):
    wrong = {"Authorization": "Bearer not it"}
    _key, secret = api_keys.create_api_key(
        by=clara, owner=clara, name="x", scopes=["downloads:read"]
    )
    unfit = {"Authorization": f"Bearer {secret}"}
    for answer in (
        ana_client.get("/health"),
        integrator.get("/health"),
        anonymous.get("/health", headers=wrong),
        anonymous.get("/health", headers=unfit),
        anonymous.get("/health", headers={"Authorization": "Bearer cdk_unknown"}),
    ):
        assert "checks" not in answer.json()
    settings.METRICS_TOKEN = ""
    assert "checks" not in anonymous.get("/health", headers={"Authorization": "Bearer "}).json()


def test_a_staff_key_with_the_scope_hears_all(anonymous, clara, worker):
    scopes = ["monitoring:read"]
    _key, secret = api_keys.create_api_key(by=clara, owner=clara, name="x", scopes=scopes)
    assert "workers" in checks(anonymous, headers={"Authorization": f"Bearer {secret}"})


def test_the_queue_says_how_much_waits_and_how_long(clara_client, ana, worker):
    now = timezone.now()
    make_download(ana, available_at=now - timedelta(minutes=7))
    make_download(ana, available_at=now + timedelta(hours=1))
    make_download(ana, status="running")
    queue = checks(clara_client)["queue"]
    assert (queue["waiting"], queue["running"], queue["status"]) == (2, 1, "ok")
    assert 420 <= queue["oldest_seconds"] < 480


def test_jobs_nobody_hands_back_make_it_less_well(clara_client, ana, worker):
    late = timezone.now() - timedelta(minutes=6)
    make_download(ana, status="running", lease_until=late)
    answer = clara_client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["checks"]["queue"]["lapsed"] == 1


def test_without_a_worker_it_is_down_with_a_word_on_what_to_do(clara_client, worker):
    worker.seen_at = timezone.now() - timedelta(seconds=20)
    worker.save()
    answer = clara_client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "down")
    assert "manage.py worker" in answer.json()["checks"]["workers"]["message"]


def test_a_full_disk_makes_it_less_well(clara_client, worker, settings):
    settings.MIN_FREE_BYTES = 1 << 60
    answer = clara_client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["checks"]["storage"]["reserve_bytes"] == 1 << 60


def test_a_media_folder_that_cannot_be_written_is_down(clara_client, worker, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "file" / "media"
    (tmp_path / "file").write_text("")
    answer = clara_client.get("/health")
    assert (answer.status_code, answer.json()["checks"]["storage"]["status"]) == (503, "down")


def test_google_is_as_its_last_answer(clara_client, worker):
    now = timezone.now()
    CallTally.objects.create(outcome="ok", calls=40, last_at=now - timedelta(minutes=2))
    CallTally.objects.create(outcome="unreachable", calls=2, last_at=now - timedelta(minutes=1))
    google = checks(clara_client)["google"]
    assert (google["status"], google["calls"]["ok"], google["calls"]["unreachable"]) == (
        "degraded",
        40,
        2,
    )
    CallTally.objects.filter(outcome="ok").update(last_at=now)
    assert checks(clara_client)["google"]["status"] == "ok"


@pytest.mark.parametrize(
    ("lacks", "word"),
    [
        ({"ffmpeg": ""}, "ffmpeg"),
        ({"deno": ""}, "deno"),
        ({"ytdlp": "2026.01.02"}, "update_ytdlp"),
    ],
)
def test_a_worker_that_lacks_a_program_makes_it_less_well(clara_client, worker, lacks, word):
    NodeFacts.objects.update(**lacks)
    programs = checks(clara_client)["programs"]
    assert programs["status"] == "degraded"
    assert word in programs["message"]


def test_while_redis_is_away_it_is_less_well(clara_client, worker, settings):
    settings.CHANNEL_LAYERS = {
        "default": {"BACKEND": "x", "CONFIG": {"hosts": ["redis://127.0.0.1:9/0"]}}
    }
    answer = clara_client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["checks"]["live"]["status"] == "degraded"


def test_while_the_database_is_away_it_answers_soon_and_asks_it_nothing(
    anonymous, token, db, monkeypatch, django_assert_num_queries
):
    def refused():
        raise OperationalError("connection refused")

    monkeypatch.setattr(health, "_DATABASE", Probe("database", refused))
    with django_assert_num_queries(0, connection=connection):
        answer = anonymous.get("/health", headers=token)
        ready = anonymous.get("/health/ready")
        metrics = anonymous.get("/metrics", headers=token)
    assert (answer.status_code, answer.json()["status"]) == (503, "down")
    assert list(answer.json()["checks"]) == ["database", "storage", "live"]
    assert (ready.status_code, ready.json()) == (503, {"status": "down", "waits_for": "database"})
    assert b"classroom_database_up 0.0" in metrics.content


def test_a_database_that_hangs_costs_two_seconds_and_one_thread(anonymous, db, monkeypatch):
    let_go, began = threading.Event(), []

    def hang():
        began.append(1)
        let_go.wait(30)

    monkeypatch.setattr(health, "_DATABASE", Probe("database", hang))
    start = monotonic()
    answers = [anonymous.get("/health"), anonymous.get("/health/ready")]
    let_go.set()
    assert [answer.status_code for answer in answers] == [503, 503]
    assert monotonic() - start < 10
    assert began == [1]


def test_it_is_ready_once_its_tables_are_there(anonymous, db, monkeypatch):
    monkeypatch.setattr(readiness, "_migrated", False)
    assert anonymous.get("/health/ready").json() == {"status": "ok"}
    monkeypatch.setattr(readiness, "_migrated", False)
    behind = SimpleNamespace(
        loader=SimpleNamespace(graph=SimpleNamespace(leaf_nodes=list)),
        migration_plan=lambda _: ["one to come"],
    )
    monkeypatch.setattr(readiness, "MigrationExecutor", lambda _: behind)
    answer = anonymous.get("/health/ready")
    assert (answer.status_code, answer.json()["waits_for"]) == (503, "migrations")


def test_a_probe_leaves_no_connection_behind(db):
    seen = []

    def look():
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT 1")
        connections.close_all()
        seen.append(connections["default"].connection)

    probe = Probe("look", look)
    probe.begin()
    assert (probe.problem(), seen) == ("", [None])


def test_the_console_shows_every_part_and_the_versions(clara_client, worker):
    page = clara_client.get("/admin/").content.decode()
    for words in ("Health", "Live updates", "Google Classroom", TODAY, "needs care"):
        assert (words in page) is (words != "needs care")
    NodeFacts.objects.update(ffmpeg="")
    assert "needs care" in clara_client.get("/admin/").content.decode()
