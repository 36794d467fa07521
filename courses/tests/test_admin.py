"""Staff looking after everybody's courses in the back office."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Credential
from accounts.tests.build import make_credential
from courses.models import (
    CourseChange,
    CourseFile,
    CourseMaterial,
    CourseVideo,
    Coursework,
    Reach,
    Sync,
)
from courses.tests.make import (
    fill,
    make_course,
    make_course_video,
    make_coursework,
    make_material,
    make_sync,
    make_topic,
)
from library.tests.build import make_video

ADMIN = "/admin/courses"
TABLES = (
    "course", "courseaccess", "topic", "coursework", "coursevideo", "coursematerial", "coursefile",
    "reach", "coursechange", "sync",
)  # fmt: skip


@pytest.fixture
def account(ana):
    return make_credential(ana, email="ana@school.example")


@pytest.fixture
def everything(ana, account):
    """A row in every table."""
    course = make_course(account, name="Biologia", section="9º B")
    post = make_coursework(course, topic=make_topic(course, name="Células"), title="Aula 1")
    video = make_course_video(post, title="Mitose", size_bytes=412_000_000, duration_seconds=751)
    material = make_material(post, title="Roteiro", kind="file")
    Reach.objects.create(video=video, credential=account, problem="google.no_access")
    stored = make_video(ana).file
    CourseFile.objects.create(owner=ana, material=material, file=stored, name="roteiro.pdf")
    CourseChange.objects.create(
        course=course, coursework=post, change="new", what="video", title="Mitose"
    )
    make_sync(account, status="failed", error_code="google.blocked_by_admin", calls=7)
    return course


def page(client, address: str) -> str:
    answer = client.get(f"{ADMIN}/{address}")
    assert answer.status_code == 200, address
    return answer.content.decode()


def found(client, address: str) -> list[str]:
    return [str(row) for row in client.get(f"{ADMIN}/{address}").context["cl"].result_list]


def act(client, table: str, action: str, *rows) -> list[str]:
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    answer = client.post(f"{ADMIN}/{table}/", chosen, follow=True)
    return [str(message) for message in answer.context["messages"]]


def test_every_table_has_a_list_and_a_page_and_nothing_can_be_changed(clara_client, everything):
    for table in TABLES:
        listed = page(clara_client, f"{table}/")
        row = clara_client.get(f"{ADMIN}/{table}/").context["cl"].result_list[0]
        shown = page(clara_client, f"{table}/{row.pk}/change/")
        assert "addlink" not in listed
        assert 'name="_save"' not in shown
        for path in ("add/", f"{row.pk}/delete/"):
            assert clara_client.get(f"{ADMIN}/{table}/{path}").status_code == 403


def test_a_teacher_sees_none_of_it(ana_client, everything):
    for table in TABLES:
        assert ana_client.get(f"{ADMIN}/{table}/", follow=True).status_code == 403


def test_columns_say_what_staff_need(clara_client, everything):
    course = everything
    courses, videos, syncs = (
        page(clara_client, f"{one}/") for one in ("course", "coursevideo", "sync")
    )
    for table in ("courseaccess", "coursework"):
        assert f'href="/admin/courses/{table}/?course__id__exact={course.pk}">1</a>' in courses
    assert "412\u00a0MB" in videos
    assert "12:31" in videos
    assert "<code>google.blocked_by_admin</code>" in syncs
    assert "The school&#x27;s administrator has not allowed this application." in syncs
    assert "<code>google.no_access</code>" in page(clara_client, "reach/")


def test_rows_are_found_by_words_and_narrowed_by_filters(clara_client, everything):
    other = make_course(name="Frações", state="archived")
    gone = make_coursework(other, title="Velha", gone_at=timezone.now())

    assert found(clara_client, "course/?q=BIOLOGIA") == ["Biologia"]
    assert found(clara_client, f"course/?q={other.google_id}") == ["Frações"]
    assert found(clara_client, "course/?state__exact=archived") == ["Frações"]
    assert found(clara_client, "coursework/?gone=yes") == ["Velha"]
    assert found(clara_client, "coursework/?gone=no") == ["Aula 1"]
    assert found(clara_client, f"coursework/?course__id__exact={gone.course_id}") == ["Velha"]
    assert found(clara_client, "coursevideo/?q=mitose") == ["Mitose"]
    assert found(clara_client, "sync/?error_code=google.quota") == []
    assert len(found(clara_client, "sync/?error_code=google.blocked_by_admin")) == 1
    assert len(found(clara_client, "reach/?problem=google.no_access")) == 1
    assert found(clara_client, "reach/?problem=none") == []
    assert len(found(clara_client, "courseaccess/?q=ana@school")) == 1


def test_a_title_is_text_and_nothing_else(clara_client, account):
    evil = "<img src=x onerror=alert(1)>"
    course = make_course(account, name=evil, section=evil, alternate_link="javascript:alert(1)")
    post = make_coursework(course, title=evil, topic=make_topic(course, name=evil))
    make_course_video(post, title=evil)

    for table in ("course", "courseaccess", "topic", "coursework", "coursevideo"):
        row = clara_client.get(f"{ADMIN}/{table}/").context["cl"].result_list[0]
        for address in (f"{table}/", f"{table}/{row.pk}/change/"):
            shown = page(clara_client, address)
            assert "<img src=x" not in shown
            assert 'href="javascript' not in shown


def test_selected_courses_are_read_through_whoever_can(clara_client, clara, ana, bruno, account):
    other = make_credential(bruno)
    courses = [make_course(account), make_course(account), make_course(other)]
    alone = make_course(make_credential(ana, status="needs_consent"), name="Sozinha")

    said = act(clara_client, "course", "sync", *courses, alone)

    asked = Sync.objects.order_by("credential_id").values_list("credential", "course")
    assert list(asked) == [(account.pk, None), (other.pk, courses[2].pk)]
    assert {sync.requested_by for sync in Sync.objects.all()} == {clara}
    assert said == ["No connected account can read: Sozinha", "2 accounts are read."]


def test_an_account_is_read_from_one_of_its_accesses(clara_client, account):
    course = make_course(account)

    said = act(clara_client, "courseaccess", "sync", course.accesses.get())

    assert (Sync.objects.get().credential, Sync.objects.get().course) == (account, None)
    assert said == ["1 account is read."]


def test_an_account_that_waits_for_its_owner_is_refused_with_the_reason(clara_client, ana):
    course = make_course(make_credential(ana, status="needs_consent"))

    said = act(clara_client, "courseaccess", "sync", course.accesses.get())

    assert said == ["0 accounts are read.", "Connect this Google account again first."]
    assert not Sync.objects.exists()


def test_synchronisations_are_stopped_and_asked_for_again(clara_client, account):
    running = make_sync(account, status="running")

    assert act(clara_client, "sync", "cancel", running) == ["Stopped 1."]
    assert Sync.objects.get().status == "cancelled"
    assert act(clara_client, "sync", "cancel", running) == ["Stopped 0."]

    failed = make_sync(account, status="failed", full=True, course=make_course(account))
    assert act(clara_client, "sync", "retry", failed) == ["1 account is read."]
    again = Sync.objects.order_by("id").last()
    assert (again.status, again.full, again.course) == ("queued", True, failed.course)


def test_the_page_of_one_row_offers_what_the_list_does(clara_client, everything):
    sync = Sync.objects.get()
    shown = page(clara_client, f"sync/{sync.pk}/change/")

    assert 'name="action" value="retry"' in shown
    assert 'name="action" value="cancel"' in shown


def number_of_queries(client, table: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        page(client, f"{table}/")
    return len(asked)


def test_lists_take_as_many_questions_for_many_rows_as_for_one(clara_client, ana, everything):
    few = {table: number_of_queries(clara_client, table) for table in TABLES}
    for _ in range(5):
        account = make_credential(ana)
        course = make_course(account)
        fill(course, number=5, topics=[make_topic(course)])
        make_sync(account, status="failed")
    for video in CourseVideo.objects.order_by("-id")[:10]:
        Reach.objects.create(video=video, credential=account)
    for material in CourseMaterial.objects.order_by("-id")[:10]:
        stored = make_video(ana).file
        CourseFile.objects.create(owner=ana, material=material, file=stored, name="x")
    for post in Coursework.objects.order_by("-id")[:10]:
        CourseChange.objects.create(course=post.course, coursework=post, change="new", what="x")

    assert {table: number_of_queries(clara_client, table) for table in TABLES} == few


@pytest.mark.slow
def test_lists_of_many_thousand_rows_are_quick(clara_client, account):
    course = make_course(account)
    fill(course, number=25_000, topics=[make_topic(course)])

    for address in ("course/", "coursework/?q=post+7", "coursework/", "coursevideo/?q=video"):
        page(clara_client, address)
        started = time.process_time()
        page(clara_client, address)
        assert time.process_time() - started < 0.2, address


def test_a_synchronisation_that_waits_for_its_account_says_so(clara_client, account):
    make_sync(account, status="queued")
    assert "waits for its account" not in clara_client.get("/admin/courses/sync/").content.decode()
    Credential.objects.filter(pk=account.pk).update(status="needs_consent")

    assert "waits for its account" in clara_client.get("/admin/courses/sync/").content.decode()
