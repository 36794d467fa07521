"""The courses API: asking for a synchronisation, following and stopping it."""

import pytest
from django.test import Client

from accounts.models import Credential, CredentialStatus
from accounts.services import api_keys
from accounts.tests.build import make_credential
from courses.models import Sync
from courses.tests.make import make_course, make_sync

URL = "/api/v1/courses"


@pytest.fixture
def account(ana):
    return make_credential(ana)


def sync(client, **body):
    return client.post(f"{URL}/sync", body, "application/json")


def test_without_more_every_account_of_ones_own_is_read(ana_client, ana, bruno, account):
    other = make_credential(ana)
    make_credential(ana, enabled=False)
    make_credential(bruno)

    answer = sync(ana_client)

    assert answer.status_code == 202
    asked = [
        (row["credential_id"], row["course_id"], row["full"]) for row in answer.json()["results"]
    ]
    assert asked == [(account.pk, None, False), (other.pk, None, False)]
    assert Sync.objects.count() == 2
    assert {one.requested_by for one in Sync.objects.all()} == {ana}


def test_one_course_is_read_through_the_accounts_that_give_it(ana_client, ana, account):
    make_credential(ana)
    course = make_course(account)

    for course_id in (course.pk, f"google:{course.google_id}"):
        (row,) = sync(ana_client, course_id=course_id, full=True).json()["results"]
        assert (row["credential_id"], row["course_id"], row["full"]) == (
            account.pk,
            course.pk,
            True,
        )
    assert Sync.objects.count() == 1


def test_what_is_under_way_is_answered_again(ana_client, account):
    first = sync(ana_client, credential_id=account.pk).json()["results"]
    again = sync(ana_client, credential_id=account.pk).json()["results"]

    assert [row["id"] for row in first] == [row["id"] for row in again]
    assert Sync.objects.count() == 1


def test_one_that_waits_for_its_account_says_so(ana_client, account):
    (first,) = sync(ana_client).json()["results"]
    assert first["wait_reason"] is None
    Credential.objects.filter(pk=account.pk).update(status=CredentialStatus.NEEDS_CONSENT)

    told = ana_client.get(f"{URL}/syncs/{first['id']}").json()

    assert (told["status"], told["wait_reason"]) == ("queued", "needs_consent")


@pytest.mark.parametrize(
    "body",
    [
        {"credential_id": "1"},
        {"credential_id": 0},
        {"course_id": "1"},
        {"course_id": True},
        {"course_id": 1.5},
        {"course_id": "google:"},
        {"full": "yes"},
        {"everything": True},
    ],
)
def test_what_makes_no_sense_is_refused_and_starts_nothing(ana_client, account, body):
    answer = sync(ana_client, **body)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert [error["field"] for error in answer.json()["errors"]] == list(body)
    assert not Sync.objects.exists()


def test_somebody_elses_account_or_course_starts_nothing(ana_client, bruno, account):
    theirs = make_credential(bruno)
    course = make_course(theirs)
    mine = make_course(account)
    bodies = [
        {"credential_id": theirs.pk},
        {"course_id": course.pk},
        {"credential_id": theirs.pk, "course_id": mine.pk},
        {"credential_id": account.pk, "course_id": course.pk},
    ]
    for body in bodies:
        assert sync(ana_client, **body).status_code == 404
    assert not Sync.objects.exists()


def test_without_an_account_there_is_nothing_to_read(ana_client):
    answer = sync(ana_client)

    assert (answer.status_code, answer.json()["code"]) == (409, "no_account")


def test_an_account_that_waits_for_its_owner_is_not_read(ana_client, ana):
    account = make_credential(ana, status="needs_consent")

    answer = sync(ana_client, credential_id=account.pk)

    assert (answer.status_code, answer.json()["code"]) == (409, "needs_consent")
    assert not Sync.objects.exists()


def test_a_key_that_may_only_read_starts_and_stops_nothing(ana, account):
    _key, secret = api_keys.create_api_key(by=ana, owner=ana, name="x", scopes=["courses:read"])
    portal = Client(headers={"Authorization": f"Bearer {secret}"})
    running = make_sync(account)

    for answer in (sync(portal), portal.delete(f"{URL}/syncs/{running.pk}")):
        assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")
    assert [one.status for one in Sync.objects.all()] == ["queued"]


def test_its_progress_is_told(ana_client, account):
    running = make_sync(
        account,
        status="running",
        courses_total=14,
        courses_done=5,
        items_seen=211,
        videos_found=96,
        changes=3,
        now_reading="Biologia",
    )

    told = ana_client.get(f"{URL}/syncs/{running.pk}").json()

    expected = {
        "id": running.pk,
        "status": "running",
        "wait_reason": None,
        "credential_id": account.pk,
        "course_id": None,
        "full": False,
        "courses_total": 14,
        "courses_done": 5,
        "items_seen": 211,
        "videos_found": 96,
        "changes": 3,
        "now_reading": "Biologia",
        "error": None,
        "finished_at": None,
    }
    assert expected.items() <= told.items()
    assert set(told) - set(expected) == {"created_at", "started_at"}


def test_a_failure_is_told_with_advice(ana_client, account):
    failed = make_sync(account, status="failed", error_code="google.blocked_by_admin")

    assert ana_client.get(f"{URL}/syncs/{failed.pk}").json()["error"] == {
        "code": "google.blocked_by_admin",
        "message": "The school's administrator has not allowed this application.",
        "advice": "Send the school's IT the text from the page of Google accounts.",
    }


def test_synchronisations_are_listed_newest_first(ana_client, ana, bruno_client, account):
    old = make_sync(account, status="completed")
    new = make_sync(account)
    other = make_sync(make_credential(ana))

    def ids(client, **asked):
        answer = client.get(f"{URL}/syncs", asked).json()
        return [row["id"] for row in answer["results"]]

    assert ids(ana_client) == [other.pk, new.pk, old.pk]
    assert ids(ana_client, credential_id=account.pk) == [new.pk, old.pk]
    assert ids(bruno_client) == []


def test_it_is_cancelled_and_what_has_ended_stays(ana_client, account):
    ended, running = make_sync(account, status="completed"), make_sync(account, status="running")

    for one in (ended, running):
        assert ana_client.delete(f"{URL}/syncs/{one.pk}").status_code == 204
    assert [one.status for one in Sync.objects.order_by("id")] == ["completed", "cancelled"]


def test_another_teacher_neither_sees_nor_stops_it(bruno_client, account):
    running = make_sync(account, status="running")

    for method in ("get", "delete"):
        assert getattr(bruno_client, method)(f"{URL}/syncs/{running.pk}").status_code == 404
    assert Sync.objects.get().status == "running"
