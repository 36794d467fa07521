"""Google refuses, breaks down, or goes on for ever: each in its own way, none of them a storm."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from accounts.google.scopes import to_ask_for
from accounts.models import User
from courses.models import CourseAccess, Coursework, Sync
from courses.problems import explain
from courses.services.syncing import SYNCS, request_sync
from courses.tests.build import (
    CLASSROOM,
    STUDENT,
    TEACHER,
    make_account,
    reconnect,
    run_sync,
    synchronise,
)
from sandbox.google import Google

pytestmark = pytest.mark.django_db(transaction=True)

COURSEWORK = r"/v1/courses/101/courseWork"
MATERIALS = r"/v1/courses/101/courseWorkMaterials"


@pytest.fixture
def school(google: Google) -> Google:
    google.course("101", "Matemática", TEACHER, students=[STUDENT])
    google.item("101", "courseWork", "w1", title="Um")
    google.item("101", "courseWorkMaterial", "m1", title="Folha")
    google.item("101", "announcements", "a1", text="Oi")
    return google


@pytest.fixture
def pauses(monkeypatch) -> list[float]:
    """How long it would have slept."""
    slept: list[float] = []

    def pause(self: object, seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("courses.services.progress.Progress.pause", pause)
    return slept


def attempt(account) -> Sync:
    return run_sync(request_sync(by=account.owner, credential=account))


def ids() -> set[str]:
    return set(Coursework.objects.filter(gone_at=None).values_list("google_id", flat=True))


def test_one_401_is_one_new_token_and_nobody_notices(ana: User, school: Google) -> None:
    account = make_account(ana, school)
    school.fail("GET /v1/courses", "unauthenticated")
    assert synchronise(account).items_seen == 3
    assert school.calls("/token") == 1


def test_a_dead_grant_parks_the_account_and_never_storms(ana: User, school: Google) -> None:
    account = make_account(ana, school)
    school.revoke_grant(TEACHER)
    sync = attempt(account)
    assert (sync.status, sync.attempt, sync.error_code) == ("queued", 0, "")
    account.refresh_from_db()
    assert account.status == "needs_consent"
    assert len(mail.outbox) == 1
    called = len(school.log)
    Sync.objects.update(available_at=timezone.now() - timedelta(hours=1))
    assert not Sync.objects.claimable().exists()
    assert len(school.log) == called
    reconnect(account, school, CLASSROOM)
    assert run_sync(sync).status == "completed"
    assert ids() == {"w1", "m1", "a1"}


def test_secrets_that_no_key_opens_hold_up_nobody_else(
    ana: User, bruno: User, school: Google, settings
) -> None:
    broken, good = make_account(ana, school), make_account(bruno, school, STUDENT)
    first = request_sync(by=ana, credential=broken)
    with connection.cursor() as cursor:
        table, where = "accounts_credential", f"id = {broken.pk}"
        cursor.execute(f"UPDATE {table} SET secrets = 'not ours' WHERE {where}")
    settings.WORKER_MAX_RETRIES = 1
    run_sync(first)
    assert (first.status, first.error_code) == ("failed", "internal")
    SYNCS.plan()
    assert synchronise(good).status == "completed"


def test_retry_after_is_honoured(ana: User, school: Google, pauses: list[float]) -> None:
    account = make_account(ana, school)
    school.fail(f"GET {COURSEWORK}", "rate", headers={"Retry-After": "7"})
    school.fail(f"GET {MATERIALS}", "rate403", times=2)
    assert synchronise(account).items_seen == 3
    assert pauses[0] >= 7
    assert len(pauses) == 3
    assert pauses[1] < pauses[2]


def test_a_rate_limit_that_stays_is_tried_again_later(
    ana: User, school: Google, pauses: list[float]
) -> None:
    account = make_account(ana, school)
    school.fail(f"GET {COURSEWORK}", "rate", times=-1, headers={"Retry-After": "900"})
    sync = attempt(account)
    assert (sync.status, sync.error_code, sync.attempt) == ("queued", "google.rate_limited", 1)
    assert sync.available_at > timezone.now() + timedelta(seconds=890)
    assert school.calls(COURSEWORK) == 1


def test_a_broken_list_does_not_spoil_the_others(
    ana: User, school: Google, pauses: list[float]
) -> None:
    account = make_account(ana, school)
    synchronise(account)
    school.remove_item("101", "courseWork", "w1")
    school.fail(f"GET {COURSEWORK}", "internal", times=-1)
    school.item("101", "announcements", "a2", text="Novo")
    synchronise(account, full=True)
    access = CourseAccess.objects.get()
    assert (access.problem, access.marks["courseWork"]) == ("google.upstream", None)
    assert ids() == {"w1", "m1", "a1", "a2"}
    school.reset()
    synchronise(account)
    access.refresh_from_db()
    assert access.problem == ""
    assert ids() == {"m1", "a1", "a2"}


def test_when_every_list_is_broken_it_is_given_up_for_now(
    ana: User, school: Google, pauses: list[float]
) -> None:
    account = make_account(ana, school)
    school.fail("GET /v1/courses/101/", "unavailable", times=-1)
    sync = attempt(account)
    assert (sync.status, sync.error_code) == ("queued", "google.upstream")
    assert len(school.log) == 17


def test_a_missing_permission_is_told_and_the_rest_is_read(ana: User, school: Google) -> None:
    account = make_account(ana, school)
    account.granted_scopes = [one for one in account.granted_scopes if "materials" not in one]
    account.save(update_fields=["granted_scopes"])
    synchronise(account)
    assert ids() == {"w1", "a1"}
    assert CourseAccess.objects.get().problem == "google.missing_scope"
    assert school.calls(MATERIALS) == 0
    reconnect(account, school, CLASSROOM)
    assert run_sync(Sync.objects.active().get()).changes == 0
    assert ids() == {"w1", "m1", "a1"}
    assert CourseAccess.objects.get().problem == ""


def test_a_permission_that_google_denies_all_the_same_is_told(ana: User, school: Google) -> None:
    account = make_account(ana, school)
    school.fail(f"GET {MATERIALS}", "scope")
    synchronise(account)
    assert ids() == {"w1", "a1"}
    assert CourseAccess.objects.get().problem == "google.missing_scope"


def test_a_list_that_is_shut_is_told_but_the_course_stays(ana: User, school: Google) -> None:
    account = make_account(ana, school)
    school.fail(f"GET {COURSEWORK}", "forbidden")
    synchronise(account)
    access = CourseAccess.objects.get()
    assert (access.gone_at, access.problem) == (None, "google.no_access")
    assert ids() == {"m1", "a1"}


def test_a_course_that_is_shut_is_no_longer_open(ana: User, school: Google) -> None:
    school.course("102", "Outra", TEACHER)
    school.item("102", "courseWork", "x1", title="X")
    account = make_account(ana, school)
    synchronise(account)
    school.fail(r"GET /v1/courses/101[/?]", "forbidden", times=-1)
    assert synchronise(account).status == "completed"
    access = CourseAccess.objects.get(course__google_id="101")
    assert access.gone_at is not None
    assert access.problem == "google.no_access"
    assert CourseAccess.objects.get(course__google_id="102").gone_at is None
    assert ids() == {"w1", "m1", "a1", "x1"}


@pytest.mark.parametrize(
    ("error", "code"),
    [("api_disabled", "google.blocked_by_admin"), ("service_disabled", "google.api_not_enabled")],
)
def test_what_nobody_but_the_school_or_the_operator_can_mend_fails_at_once(
    ana: User, school: Google, error: str, code: str
) -> None:
    account = make_account(ana, school)
    school.fail("GET /v1/courses", error, times=-1)
    sync = attempt(account)
    assert (sync.status, sync.error_code, sync.attempt) == ("failed", code, 1)
    assert explain(code).advice != explain("internal").advice
    assert len(school.log) == 1


def test_a_list_without_end_is_bounded_and_nothing_of_it_is_gone(
    ana: User, school: Google
) -> None:
    account = make_account(ana, school)
    synchronise(account)
    school.remove_item("101", "courseWork", "w1")
    school.reset()
    school.endless_pages.add("courseWork")
    sync = synchronise(account, full=True)
    assert CourseAccess.objects.get().problem == "google.endless_list"
    assert ids() == {"w1", "m1", "a1"}
    assert 1 <= school.calls(COURSEWORK) <= 200
    assert sync.calls <= 210


def test_courses_without_end_are_bounded_and_none_is_gone(ana: User, school: Google) -> None:
    account = make_account(ana, school)
    synchronise(account)
    school.reset()
    school.endless_pages.add("courses")
    sync = attempt(account)
    assert (sync.status, sync.error_code) == ("failed", "google.endless_list")
    assert school.calls("/v1/courses") <= 200
    assert CourseAccess.objects.get().gone_at is None


def test_rows_that_come_twice_are_kept_once(ana: User, school: Google) -> None:
    school.doubled.update({"courseWork", "courses", "courseWorkMaterial", "announcements"})
    for number in range(120):
        school.item("101", "courseWork", f"x{number}", title="X")
    synchronise(make_account(ana, school))
    assert Coursework.objects.count() == 123
    assert CourseAccess.objects.count() == 1


def test_an_answer_that_is_none_is_not_an_empty_list(
    ana: User, school: Google, pauses: list[float]
) -> None:
    account = make_account(ana, school)
    synchronise(account)
    school.fail(f"GET {COURSEWORK}[?]", "not_json", times=-1)
    synchronise(account, full=True)
    assert ids() == {"w1", "m1", "a1"}
    assert CourseAccess.objects.get().problem == "google.upstream"


def test_a_student_without_the_students_permission_is_told_which_is_missing(
    ana: User, school: Google
) -> None:
    account = make_account(ana, school, STUDENT)
    scopes = [one for one in to_ask_for(CLASSROOM) if "coursework.me" not in one]
    account.granted_scopes = scopes
    account.save(update_fields=["granted_scopes"])
    synchronise(account)
    assert ids() == {"m1", "a1"}
    assert CourseAccess.objects.get().problem == "google.missing_scope"
