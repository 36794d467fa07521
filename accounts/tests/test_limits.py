"""How often may be asked: by whom it is counted, what is said about it, and what is refused."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test import Client

from accounts import limits
from accounts.deeds import Deed
from accounts.models import AuditEntry
from accounts.services import api_keys, rates
from core.models import RateBucket
from downloads.models import Download, Listing
from downloads.services import probing

URL = "/api/v1/downloads"
PAUSE = "/api/v1/downloads/queue/pause"


@pytest.fixture
def limited(settings):
    settings.RATE_LIMIT_PER_MINUTE, settings.RATE_LIMIT_READS_PER_MINUTE = 3, 45


def told(answer) -> tuple[str, ...]:
    names = ("Limit", "Remaining", "Policy")
    return tuple(answer.headers.get(f"RateLimit-{name}", "-") for name in names)


def pause(client: Client):
    return client.post(PAUSE, "{}", content_type="application/json")


@pytest.mark.usefixtures("limited")
def test_the_change_after_the_last_one_is_refused_and_nothing_happens(integrator):
    link = json.dumps({"url": "https://example.org/a.mp4"})
    for number in (1, 2, 3):
        answer = pause(integrator)
        assert (answer.status_code, told(answer)) == (200, ("3", str(3 - number), "3;w=60"))
        assert 1 <= int(answer["RateLimit-Reset"]) <= 60
    refused = integrator.post(URL, link, content_type="application/json")
    assert refused.status_code == 429
    assert (refused.json()["code"], told(refused)) == ("too_many", ("3", "0", "3;w=60"))
    assert refused["Retry-After"] == refused["RateLimit-Reset"]
    assert not Download.objects.exists()


@pytest.mark.usefixtures("limited")
def test_a_key_its_owner_and_a_stranger_are_counted_apart(
    integrator, ana, ana_client, bruno_client
):
    for _ in range(4):
        last = pause(integrator)
    assert last.status_code == 429
    assert pause(ana_client).status_code == 200
    assert pause(bruno_client).status_code == 200
    _key, secret = api_keys.create_api_key(
        by=ana, owner=ana, name="another", scopes=["downloads:write"]
    )
    another = Client(headers={"Authorization": f"Bearer {secret}"})
    assert pause(another).status_code == 200
    assert pause(Client()).status_code == 401


@pytest.mark.usefixtures("limited")
def test_reads_have_a_limit_of_their_own_and_most_of_them_write_nothing(integrator):
    remaining = [integrator.get(URL)["RateLimit-Remaining"] for _ in range(45)]
    assert remaining == [str(left) for left in reversed(range(45))]
    bucket = RateBucket.objects.get(key__startswith="rate:read:key:")
    assert bucket.count == 60  # three handfuls of twenty
    assert [integrator.get(URL).status_code for _ in range(25)] == [429] * 25
    assert pause(integrator).status_code == 200
    bucket.refresh_from_db()
    assert bucket.count == 80


@pytest.mark.usefixtures("limited")
@pytest.mark.parametrize(
    "path", [URL, "/api/v1/nothing", "/api/schema", "/api/v1/auth/google/login"]
)
def test_every_answer_of_the_api_says_how_its_caller_stands(anonymous, db, path):
    answer = anonymous.get(path)
    assert told(answer)[0::2] == ("45", "45;w=60")
    wrong = anonymous.get(path, headers={"Authorization": "Bearer cdk_wrong"})
    assert told(wrong)[0::2] == ("45", "45;w=60")


@pytest.mark.usefixtures("limited")
def test_what_machines_ask_is_not_counted(anonymous, db):
    for path in ("/health/live", "/health/ready"):
        assert told(anonymous.get(path)) == ("-", "-", "-")
    assert not RateBucket.objects.exists()


def test_without_limits_nothing_is_counted_or_said(integrator):
    assert told(pause(integrator)) == ("-", "-", "-")
    assert not RateBucket.objects.exists()


@pytest.mark.usefixtures("limited")
def test_a_spoofed_address_is_the_same_caller(anonymous, db):
    for number in range(45):
        headers = {"X-Forwarded-For": f"198.51.100.{number}"}
        assert anonymous.get(URL, headers=headers).status_code == 401
    answer = anonymous.get(URL, headers={"X-Forwarded-For": "198.51.100.99"})
    assert answer.status_code == 429


@pytest.mark.usefixtures("limited")
def test_the_buttons_of_pages_count_as_changes_of_the_person(ana_client, anonymous):
    answers = [ana_client.post("/theme", {"theme": "dark"}) for _ in range(4)]
    assert [answer.status_code == 429 for answer in answers] == [False, False, False, True]
    assert int(answers[-1]["Retry-After"]) <= 60
    assert "That was a lot at once" in answers[-1].content.decode()
    assert ana_client.get("/").status_code == 200
    assert anonymous.post("/theme", {"theme": "dark"}).status_code != 429


@pytest.mark.usefixtures("limited")
def test_a_flood_leaves_few_traces(integrator):
    for _ in range(40):
        pause(integrator)
    assert AuditEntry.objects.filter(action="request.rate_limited").count() == 10


@pytest.mark.usefixtures("limited")
def test_anybody_sees_how_they_stand_and_to_look_changes_nothing(integrator, anonymous):
    pause(integrator)
    url = "/api/v1/security/rate-limit"
    for _ in range(2):
        found = integrator.get(f"{url}/api").json()
        assert found.pop("reset_seconds") in range(1, 61)
        assert found == {"scope": "api", "limit": 3, "remaining": 2, "window_seconds": 60}
    assert integrator.get(f"{url}/export").json()["remaining"] == 10
    assert integrator.get(f"{url}/nothing").status_code == 404
    assert anonymous.get(f"{url}/api").status_code == 401


@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_once_exactly_the_limit_passes(settings):
    settings.RATE_LIMIT_READS_PER_MINUTE = 45
    settings.RATE_LIMIT_PER_MINUTE = 7

    def ask(name: str) -> bool:
        try:
            return rates.take(name, "user:1").allowed
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        writes = list(threads.map(ask, ["write"] * 20))
        reads = list(threads.map(ask, ["read"] * 80))
    assert (sum(writes), sum(reads)) == (7, 45)


@pytest.mark.django_db
def test_the_counters_survive_no_crash_and_cost_no_log():
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL alone logs what it writes")
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'core_ratebucket'")
        assert cursor.fetchone() == ("u",)


@pytest.mark.parametrize(
    "path", ["/api/v1/downloads?probe=true", "/api/v1/listings"], ids=["probe", "look"]
)
def test_asking_a_source_has_a_limit_of_its_own(integrator, settings, monkeypatch, path):
    settings.RATE_LIMIT_PER_MINUTE = 1000
    monkeypatch.setitem(limits.RULES, limits.PROBE, limits.Rule(2, 60, ""))
    monkeypatch.setattr(probing, "PATIENCE_SECONDS", 0)
    link = {"url": "https://www.youtube.com/playlist?list=PL12345678"}

    answers = [integrator.post(path, link, "application/json") for _ in range(3)]

    assert answers[1].status_code in {201, 202, 400}
    assert [told(one)[0] for one in answers] == ["2", "2", "2"]
    assert (answers[2].status_code, answers[2].json()["code"]) == (429, "too_many")
    assert answers[2]["Retry-After"] == answers[2]["RateLimit-Reset"]
    assert Listing.objects.count() <= 2
    without = integrator.post(URL, {"url": "https://example.org/a.mp4"}, "application/json")
    assert (without.status_code, told(without)[0]) == (201, "1000")


def test_what_is_written_down_of_a_refusal_opens_nothing(settings, anonymous, db):
    """The address of a page may be a secret."""
    settings.RATE_LIMIT_PER_MINUTE = 3
    secret = "/connect/a-link-that-nobody-shall-read"
    for _ in range(limits.RULES[limits.SIGN_IN].number + 1):
        last = anonymous.post(secret)

    assert last.status_code == 429
    entry = AuditEntry.objects.get(action=Deed.RATE_LIMITED)
    assert entry.details["path"] == "/connect/[…]"
