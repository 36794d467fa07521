"""Synchronisations are asked for by people, by the clock, and by connecting an account."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.google.scopes import Bundle
from accounts.models import CredentialStatus, User
from accounts.services.credentials import disconnect_credential
from core.errors import Conflict, NotFound
from core.jobs import lifecycle
from core.jobs.lane import Lane
from core.models import Event
from core.tests.children import eventually
from courses.models import CourseAccess, CourseVideo, Coursework, Sync
from courses.services.syncing import SYNCS, cancel_sync, request_sync
from courses.tests.build import (
    CLASSROOM,
    TEACHER,
    make_account,
    reconnect,
    run_sync,
    synchronise,
)
from sandbox.google import Google

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def school(google: Google) -> Google:
    google.course("101", "Matemática", TEACHER)
    google.item("101", "courseWork", "w1", title="Um")
    google.course("102", "História", TEACHER)
    google.item("102", "courseWork", "x1", title="X")
    return google


def test_one_that_is_under_way_is_found_again(ana: User, school: Google) -> None:
    account = make_account(ana, school)
    first = request_sync(by=ana, credential=account)
    assert request_sync(by=ana, credential=account, full=True) == first
    first.refresh_from_db()
    assert first.full
    lifecycle.claim(SYNCS, holder="worker-1")
    assert request_sync(by=ana, credential=account) == first
    assert Sync.objects.count() == 1


def test_one_course_can_be_read_alone(ana: User, school: Google) -> None:
    account = make_account(ana, school)
    synchronise(account)
    course = CourseAccess.objects.get(course__google_id="101").course
    school.item("101", "courseWork", "w2", title="Dois")
    school.item("102", "courseWork", "x2", title="X 2")
    school.courses["101"].fields["name"] = "Matemática 2"
    school.reset()
    sync = synchronise(account, course=course)
    assert (sync.courses_total, sync.courses_done, sync.changes) == (1, 1, 1)
    course.refresh_from_db()
    assert course.name == "Matemática 2"
    assert Coursework.objects.filter(google_id="w2").exists()
    assert not Coursework.objects.filter(google_id="x2").exists()
    assert school.calls("/v1/courses") == 0


def test_who_asks_for_more_while_one_waits_gets_it(ana: User, school: Google) -> None:
    account = make_account(ana, school)
    synchronise(account)
    course = CourseAccess.objects.get(course__google_id="101").course
    narrow = request_sync(by=ana, credential=account, course=course)
    wide = request_sync(by=ana, credential=account)
    assert (wide.pk, wide.course) == (narrow.pk, None)


def test_nobody_synchronises_somebody_elses_account(
    ana: User, bruno: User, clara: User, school: Google
) -> None:
    account = make_account(ana, school)
    with pytest.raises(NotFound):
        request_sync(by=bruno, credential=account)
    assert not Sync.objects.exists()
    assert request_sync(by=clara, credential=account).requested_by == clara


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": CredentialStatus.NEEDS_CONSENT}, "needs_consent"),
        ({"status": CredentialStatus.REVOKED}, "not_connected"),
        ({"enabled": False}, "not_connected"),
        ({"granted_scopes": ["openid"]}, "missing_scope"),
    ],
)
def test_an_account_that_cannot_be_read_is_refused(
    ana: User, school: Google, change: dict[str, object], code: str
) -> None:
    account = make_account(ana, school)
    for name, value in change.items():
        setattr(account, name, value)
    account.save()
    with pytest.raises(Conflict) as refusal:
        request_sync(by=ana, credential=account)
    assert refusal.value.code == code
    assert not Sync.objects.exists()


def test_a_course_that_the_account_does_not_give_is_not_found(ana: User, school: Google) -> None:
    account = make_account(ana, school)
    synchronise(account)
    CourseAccess.objects.filter(course__google_id="101").update(gone_at=timezone.now())
    course = CourseAccess.objects.get(course__google_id="101").course
    with pytest.raises(NotFound):
        request_sync(by=ana, credential=account, course=course)


def test_connecting_reads_everything_at_once(ana: User, school: Google) -> None:
    account = make_account(ana, school)
    reconnect(account, school, CLASSROOM)
    sync = Sync.objects.get()
    assert (sync.status, sync.full, sync.credential) == ("queued", True, account)
    assert run_sync(sync).status == "completed"
    assert Coursework.objects.count() == 2


def test_what_is_permitted_while_it_runs_is_used_before_it_ends(ana: User, school: Google) -> None:
    school.file("f1", "sem nome", "video/mp4", b"v", readers=[TEACHER])
    attached = {"driveFile": {"driveFile": {"id": "f1", "title": "sem nome"}}}
    for course in ("101", "102"):
        school.item(course, "courseWork", "film", [attached], title="Filme")
    account = make_account(ana, school)
    sync = request_sync(by=ana, credential=account)
    school.fail("GET /v1/courses/101/announcements", delay=1.0)
    worker = threading.Thread(target=lambda: Lane(SYNCS, holder="worker-1")._run())
    worker.start()
    assert eventually(lambda: CourseAccess.objects.exclude(synced_at=None).exists())
    reconnect(account, school, [Bundle.CLASSROOM, Bundle.DRIVE])
    worker.join()
    sync.refresh_from_db()
    assert (sync.status, sync.courses_done) == ("completed", 2)
    assert CourseVideo.objects.filter(mime_type="video/mp4").count() == 2


def test_connecting_for_drive_alone_reads_nothing(ana: User, school: Google) -> None:
    reconnect(make_account(ana, school), school, [Bundle.DRIVE])
    assert not Sync.objects.exists()


def test_cancelling_stops_a_reading_and_keeps_what_was_read(ana: User, school: Google) -> None:
    sync = request_sync(by=ana, credential=make_account(ana, school))
    school.fail("GET /v1/courses/101/announcements", delay=1.0)
    worker = threading.Thread(target=lambda: Lane(SYNCS, holder="worker-1")._run())
    worker.start()
    assert eventually(lambda: Coursework.objects.exists())
    cancel_sync(by=ana, sync=sync)
    worker.join()
    assert (sync.status, sync.token) == ("cancelled", "")
    assert not CourseAccess.objects.filter(synced_at__isnull=False, course__google_id="101")
    called = len(school.log)
    assert synchronise(sync.credential).items_seen == 2
    assert len(school.log) > called


def test_nobody_cancels_somebody_elses(ana: User, bruno: User, school: Google) -> None:
    sync = request_sync(by=ana, credential=make_account(ana, school))
    with pytest.raises(NotFound):
        cancel_sync(by=bruno, sync=sync)
    sync.refresh_from_db()
    assert sync.status == "queued"
    cancel_sync(by=ana, sync=sync)
    cancel_sync(by=ana, sync=sync)
    assert sync.status == "cancelled"


def test_accounts_are_read_again_when_their_time_has_come(
    ana: User, school: Google, settings
) -> None:
    settings.SYNC_INTERVAL_MINUTES = 60
    account = make_account(ana, school)
    SYNCS.plan()
    SYNCS.plan()
    sync = Sync.objects.get()
    assert (sync.credential, sync.full, sync.requested_by) == (account, False, None)
    run_sync(sync)
    SYNCS.plan()
    assert Sync.objects.count() == 1
    Sync.objects.update(created_at=timezone.now() - timedelta(minutes=61))
    SYNCS.plan()
    assert Sync.objects.count() == 2


def test_reading_one_course_does_not_put_off_the_others(
    ana: User, school: Google, settings
) -> None:
    settings.SYNC_INTERVAL_MINUTES = 60
    account = make_account(ana, school)
    synchronise(account)
    Sync.objects.update(created_at=timezone.now() - timedelta(minutes=61))
    synchronise(account, course=CourseAccess.objects.first().course)
    SYNCS.plan()
    assert Sync.objects.filter(course=None, status="queued").count() == 1


@pytest.mark.parametrize(
    "change",
    [{"status": CredentialStatus.NEEDS_CONSENT}, {"status": "revoked"}, {"enabled": False}],
)
def test_accounts_that_cannot_be_used_are_left_alone(
    ana: User, school: Google, settings, change: dict[str, object]
) -> None:
    settings.SYNC_INTERVAL_MINUTES = 60
    account = make_account(ana, school)
    type(account).objects.update(**change, connected_at=timezone.now() - timedelta(days=30))
    SYNCS.plan()
    assert not Sync.objects.exists()


@pytest.mark.parametrize(("minutes", "bundles"), [(0, CLASSROOM), (60, (Bundle.DRIVE,))])
def test_a_grant_that_is_not_used_is_kept_alive_once_a_week(
    ana: User, school: Google, settings, minutes: int, bundles: tuple[Bundle, ...]
) -> None:
    settings.SYNC_INTERVAL_MINUTES = minutes
    account = make_account(ana, school, bundles=bundles)
    SYNCS.plan()
    assert not Sync.objects.exists()
    long_ago = timezone.now() - timedelta(days=8)
    type(account).objects.update(connected_at=long_ago, expires_at=long_ago)
    SYNCS.plan()
    SYNCS.plan()
    assert run_sync(Sync.objects.get()).status == "completed"
    assert school.calls("/token") == 1
    SYNCS.plan()
    assert Sync.objects.count() == 1


def test_its_progress_and_its_end_are_told_to_its_owner(ana: User, school: Google) -> None:
    sync = synchronise(make_account(ana, school))
    told = Event.objects.filter(topic=f"sync.{sync.pk}").order_by("id")
    assert [event.data["status"] for event in told] == ["queued", "running", "completed"]
    assert {event.owner_id for event in told} == {ana.pk}
    last = told.last().data
    assert (last["courses_total"], last["courses_done"], last["items_seen"]) == (2, 2, 2)
    assert last["finished_at"] is not None
    courses = Event.objects.filter(type="course_update")
    assert courses.count() == 2
    assert courses.first().data.keys() == {"id", "credential_id"}


def test_whoever_else_sees_a_course_hears_that_it_changed(
    ana: User, bruno: User, school: Google
) -> None:
    school.courses["101"].students.add("aluna@escola.example")
    hers = make_account(ana, school)
    his = make_account(bruno, school, "aluna@escola.example")
    synchronise(hers)
    synchronise(his)
    Event.objects.all().delete()
    synchronise(hers)
    assert not Event.objects.filter(owner_id=bruno.pk).exists()
    school.item("101", "courseWork", "w2", title="Dois")
    synchronise(hers)
    (event,) = Event.objects.filter(owner_id=bruno.pk)
    assert (event.type, event.data["credential_id"]) == ("course_update", his.pk)


def test_a_disconnected_account_is_waited_for_no_longer(ana: User, school: Google) -> None:
    account, other = make_account(ana, school), make_account(ana, school, "andre@escola.example")
    waiting, kept = (request_sync(by=ana, credential=one) for one in (account, other))
    running = lifecycle.claim(SYNCS, holder="worker-1")
    assert running == waiting

    disconnect_credential(by=ana, credential=account)

    waiting.refresh_from_db()
    kept.refresh_from_db()
    assert (waiting.status, kept.status) == ("cancelled", "queued")
    assert Event.objects.filter(topic=f"sync.{waiting.pk}").last().data["status"] == "cancelled"


def test_a_plan_and_a_person_at_the_same_moment_make_one(
    ana: User, school: Google, settings
) -> None:
    """Whatever a plan trips over ends its whole node."""
    settings.SYNC_INTERVAL_MINUTES = 60
    account = make_account(ana, school)
    planning = threading.Thread(target=_plan)
    with transaction.atomic():
        request_sync(by=ana, credential=account)
        planning.start()
        time.sleep(0.3)  # by now it waits for what is not committed yet
    planning.join()
    assert Sync.objects.get().requested_by == ana


def _plan() -> None:
    try:
        SYNCS.plan()
    finally:
        connection.close()


@pytest.mark.parametrize(("code", "waits"), [("google.upstream", 0), ("google.quota", 1)])
def test_who_asks_again_does_not_wait_for_what_may_have_passed(
    ana: User, school: Google, code: str, waits: int
) -> None:
    account = make_account(ana, school)
    sync = request_sync(by=ana, credential=account)
    later = timezone.now() + timedelta(minutes=15)
    Sync.objects.update(available_at=later, wait_reason="retry", error_code=code, attempt=1)
    assert request_sync(by=ana, credential=account) == sync
    assert Sync.objects.claimable().count() == 1 - waits
