"""The cleaning API: staff clean, look first, read the report; nobody else does."""

import pytest

from accounts.services import api_keys
from core.jobs.lane import Lane
from downloads.models import CleaningRun
from downloads.services.cleanings import CLEANINGS
from downloads.tests.sweeping import put

URL = "/api/v1/cleanings"


def ask(client, **body):
    return client.post(URL, body, "application/json")


@pytest.mark.django_db(transaction=True)
def test_staff_look_first_and_then_clean(clara_client):
    part = put("partial", "d1/video.part")
    looked = ask(clara_client, task="incomplete", dry_run=True)
    queued = looked.json()
    Lane(CLEANINGS, holder="worker-1").run_next()

    report = clara_client.get(f"{URL}/{queued['id']}").json()
    assert looked.status_code == 202
    assert (queued["status"], queued["dry_run"], queued["requested_by"]) == (
        "queued",
        True,
        "clara",
    )
    assert (report["status"], report["found"], report["removed"], report["freed_bytes"]) == (
        "completed",
        1,
        0,
        10,
    )
    assert report["report"] == [
        {
            "what": "folder",
            "id": 1,
            "title": "d1",
            "owner": None,
            "size_bytes": 10,
            "number": 1,
            "reason": "ended",
            "message": "Left behind by a download that has ended.",
            "done": False,
        }
    ]
    assert part.exists()

    ask(clara_client, task="incomplete")
    Lane(CLEANINGS, holder="worker-1").run_next()
    newest = clara_client.get(URL, {"task": "incomplete"}).json()
    assert [(run["dry_run"], run["removed"]) for run in newest["results"]] == [
        (False, 1),
        (True, 0),
    ]
    assert newest["total"] == 2
    assert clara_client.get(URL, {"task": "records"}).json()["total"] == 0
    assert not part.exists()


def test_one_that_waits_is_answered_again_and_can_be_stopped(clara_client):
    first, second = ask(clara_client, task="records"), ask(clara_client, task="records")

    assert first.json()["id"] == second.json()["id"]
    assert clara_client.delete(f"{URL}/{first.json()['id']}").status_code == 204
    assert CleaningRun.objects.get().status == "cancelled"


@pytest.mark.parametrize(
    "body", [{}, {"task": "everything"}, {"task": "records", "dry_run": 1}, {"task": "x", "y": 1}]
)
def test_what_makes_no_sense_is_refused(clara_client, body):
    answer = ask(clara_client, **body)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert not CleaningRun.objects.exists()


def test_a_key_of_staff_needs_the_scope(clara, client):
    keys = {
        scope: api_keys.create_api_key(by=clara, owner=clara, name=scope, scopes=[scope])[1]
        for scope in ("admin", "library:write")
    }

    with_it = client.get(URL, headers={"Authorization": f"Bearer {keys['admin']}"})
    without = client.get(URL, headers={"Authorization": f"Bearer {keys['library:write']}"})

    assert with_it.status_code == 200
    assert (without.status_code, without.json()["code"]) == (403, "insufficient_scope")


def test_a_teacher_is_told_that_only_staff_clean(ana_client):
    answer = ask(ana_client, task="records")

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert not CleaningRun.objects.exists()


def test_the_list_takes_as_many_queries_for_twenty_as_for_one(
    clara_client, clara, django_assert_max_num_queries
):
    ended = {"task": "records", "status": "completed", "finished_at": "2026-11-20T12:00:00Z"}
    CleaningRun.objects.create(**ended, requested_by=clara)
    with django_assert_max_num_queries(6) as few:
        clara_client.get(URL)
    for _ in range(20):
        CleaningRun.objects.create(**ended, requested_by=clara)

    with django_assert_max_num_queries(len(few)):
        clara_client.get(URL)
