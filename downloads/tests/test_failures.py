"""Failures by cause, account and site: what one has to mend, each thing once."""

import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.tests.build import make_credential
from core.jobs import lifecycle
from core.jobs.kind import Failure, Lease
from core.models import Status
from core.shapes import moment
from downloads.models import Download
from downloads.services.running import DOWNLOADS
from downloads.tests.build import make_download

pytestmark = pytest.mark.django_db

FAILURES = "/api/v1/downloads/failures"


def failed(owner, code="source.private", **over):
    return make_download(owner, status=Status.FAILED, error_code=code, **over)


def test_one_cause_with_one_account_at_one_site_is_told_once(ana, ana_client):
    account = make_credential(ana)
    drive = {"host": "drive.google.com", "credential": account}
    newest = [failed(ana, **drive) for _ in range(3)][-1]
    failed(ana, "network.timeout", host="a.example")

    told = ana_client.get(FAILURES).json()

    assert told["results"][0] == {
        "code": "source.private",
        "message": "This video is private.",
        "advice": "Ask its owner to share it with you, then try again.",
        "who": "owner",
        "retryable": False,
        "credential_id": account.pk,
        "email": account.email,
        "host": "drive.google.com",
        "count": 3,
        "newest_at": moment(newest.finished_at),
    }
    second = told["results"][1]
    assert (second["code"], second["count"]) == ("network.timeout", 1)
    assert (second["credential_id"], second["email"], second["retryable"]) == (None, None, True)
    assert len(told["results"]) == 2


def test_what_did_not_fail_or_failed_long_ago_is_not_counted(ana, ana_client):
    month_ago = timezone.now() - timedelta(days=30)
    failed(ana, started_at=month_ago, finished_at=month_ago)
    for status in set(Status) - {Status.FAILED}:
        make_download(ana, status=status)

    assert ana_client.get(FAILURES).json() == {"results": []}
    assert ana_client.get(f"{FAILURES}?days=31").json()["results"][0]["count"] == 1


def test_each_sees_own_failures_and_staff_all(ana, bruno, ana_client, clara_client):
    failed(ana)
    failed(bruno)

    assert ana_client.get(FAILURES).json()["results"][0]["count"] == 1
    assert clara_client.get(FAILURES).json()["results"][0]["count"] == 2


@pytest.mark.parametrize("days", ["0", "366", "x", ""])
def test_days_that_make_no_sense_are_refused(ana_client, days):
    assert ana_client.get(f"{FAILURES}?days={days}").status_code == 400


def test_many_failures_cost_as_many_queries_as_none(ana, ana_client, django_assert_num_queries):
    ana_client.get(FAILURES)
    with django_assert_num_queries(3):
        ana_client.get(FAILURES)
    for number in range(30):
        failed(ana, host=f"{number}.example")
    with django_assert_num_queries(3):
        ana_client.get(FAILURES)


def test_a_list_is_narrowed_to_a_cause_and_a_site(ana, ana_client):
    wanted = failed(ana, host="a.example")
    failed(ana, host="b.example")
    failed(ana, "disk.full", host="a.example")

    answer = ana_client.get("/api/v1/downloads?error_code=source.private&host=www.A.example")

    assert [row["id"] for row in answer.json()["results"]] == [wanted.pk]
    assert ana_client.get("/api/v1/downloads?error_code=no.such").status_code == 400


def test_a_group_starts_again_by_its_filter_and_nothing_else_does(ana, bruno, ana_client):
    wanted = failed(ana, host="a.example")
    others = [
        failed(ana, host="b.example"),
        failed(ana, "disk.full", host="a.example"),
        failed(bruno, host="a.example"),
    ]
    wish = {"status": "failed", "error_code": "source.private", "host": "a.example"}

    answer = ana_client.post(
        "/api/v1/downloads/bulk",
        {"action": "retry", "filter": wish},
        content_type="application/json",
    )

    assert answer.json()["done"] == 1
    states = dict(Download.objects.values_list("id", "status"))
    assert states.pop(wanted.pk) == Status.QUEUED
    assert states == dict.fromkeys((one.pk for one in others), Status.FAILED)


def test_an_error_says_who_can_help_and_how_the_log_names_it(ana, ana_client):
    download = failed(ana, "internal", run=3, error_detail="KeyError: 'formats'")

    error = ana_client.get(f"/api/v1/downloads/{download.pk}").json()["error"]

    assert error == {
        "code": "internal",
        "message": "Something went wrong on our side.",
        "advice": "Try again. If it stays, tell your administrator the reference.",
        "retryable": True,
        "who": "staff",
        "reference": f"d{download.pk}-3",
    }


def test_our_own_mistakes_are_told_in_detail_to_staff_alone(ana, ana_client, clara_client):
    download = failed(ana, "internal", error_detail="KeyError: 'formats'")
    other = failed(ana, "source.removed", error_detail="HTTP Error 410")
    page, of_other = (f"/downloads/{one.pk}" for one in (download, other))

    assert "KeyError" not in ana_client.get(page).content.decode()
    assert "KeyError" in clara_client.get(page).content.decode()
    assert "HTTP Error 410" in ana_client.get(of_other).content.decode()


@pytest.mark.parametrize(
    ("code", "level"), [("internal", logging.WARNING), ("source.removed", logging.INFO)]
)
def test_the_log_has_a_failure_under_its_reference(ana, caplog, code, level):
    caplog.set_level(logging.INFO)
    job = make_download(ana, status=Status.RUNNING, run=2)

    lifecycle.fail(DOWNLOADS, Lease(job.pk, job.token), Failure(code, "what was said"))

    told = [line for line in caplog.records if line.name == "downloads.services.noting"]
    assert [(line.levelno, line.getMessage()) for line in told] == [
        (level, f"d{job.pk}-2 failed: {code}: what was said")
    ]


def test_an_attempt_that_is_repeated_is_in_the_log_too(ana, caplog):
    caplog.set_level(logging.INFO)
    job = make_download(ana, status=Status.RUNNING)
    failure = Failure("network.timeout", "no answer", retryable=True)

    lifecycle.fail(DOWNLOADS, Lease(job.pk, job.token), failure)

    assert f"d{job.pk}-1 failed: network.timeout: no answer" in caplog.messages
