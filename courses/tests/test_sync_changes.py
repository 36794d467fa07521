"""What changed in Classroom since the last time is noticed, told, and never thrown away."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from courses.models import (
    CourseAccess,
    CourseChange,
    CourseVideo,
    Coursework,
)
from courses.tests.build import STUDENT, TEACHER, make_account, synchronise
from sandbox.google import Google

pytestmark = pytest.mark.django_db(transaction=True)

FILM = {"youtubeVideo": {"id": "dQw4w9WgXcQ", "title": "Aula"}}
OTHER_FILM = {"youtubeVideo": {"id": "aaaaaaaaaaa", "title": "Outra"}}
LIST = r"/v1/courses/101/courseWork"


@pytest.fixture
def school(google: Google) -> Google:
    google.course("101", "Matemática", TEACHER, students=[STUDENT])
    google.item("101", "courseWork", "w1", title="Um", materials=[FILM])
    google.item("101", "courseWork", "w2", title="Dois")
    return google


def feed() -> list[tuple[str, str, str]]:
    rows = CourseChange.objects.order_by("id")
    return list(rows.values_list("change", "what", "title"))


def test_new_coursework_is_told_but_not_at_the_first_time(ana: User, school: Google) -> None:
    account = make_account(ana, school)
    assert synchronise(account).changes == 0
    school.item("101", "announcements", "a1", text="Oi https://youtu.be/bbbbbbbbbbb")
    assert synchronise(account).changes == 1
    assert feed() == [("new", "coursework", "Oi https://youtu.be/bbbbbbbbbbb")]
    assert Coursework.objects.get(google_id="a1").videos.get().source_key == "bbbbbbbbbbb"


def test_changed_words_and_videos_are_told(ana: User, school: Google) -> None:
    account = make_account(ana, school)
    synchronise(account)
    school.change_item("101", "courseWork", "w1", title="Um!", materials=[OTHER_FILM])
    synchronise(account)
    assert feed() == [
        ("changed", "coursework", "Um!"),
        ("new", "video", "Outra"),
        ("gone", "video", "Aula"),
    ]
    first, second = CourseVideo.objects.order_by("id")
    assert first.gone_at is not None
    assert second.gone_at is None
    school.change_item("101", "courseWork", "w1", materials=[FILM])
    synchronise(account)
    assert feed()[3:] == [("back", "video", "Aula"), ("gone", "video", "Outra")]
    assert CourseVideo.objects.get(title="Aula").gone_at is None


def test_what_a_teacher_deletes_is_kept_and_marked(ana: User, school: Google) -> None:
    account = make_account(ana, school)
    synchronise(account)
    school.change_item("101", "courseWork", "w1", state="DELETED")
    synchronise(account)
    row = Coursework.objects.get(google_id="w1")
    assert (row.state, row.title) == ("deleted", "Um")
    assert row.gone_at is not None
    assert row.videos.get().gone_at is None
    assert feed() == [("gone", "coursework", "Um")]
    synchronise(account, full=True)
    assert feed() == [("gone", "coursework", "Um")]


def test_what_was_deleted_before_our_time_is_not_dug_out(ana: User, school: Google) -> None:
    school.change_item("101", "courseWork", "w1", state="DELETED")
    synchronise(make_account(ana, school))
    assert list(Coursework.objects.values_list("google_id", flat=True)) == ["w2"]


def test_what_vanished_is_noticed_by_a_complete_reading(ana: User, school: Google) -> None:
    account = make_account(ana, school)
    synchronise(account)
    school.remove_item("101", "courseWork", "w2")
    synchronise(account)
    assert Coursework.objects.filter(gone_at=None).count() == 2
    synchronise(account, full=True)
    row = Coursework.objects.get(google_id="w2")
    assert (row.state, row.gone_at is None) == ("published", False)
    assert feed() == [("gone", "coursework", "Dois")]
    school.item("101", "courseWork", "w2", title="Dois")
    synchronise(account)
    row.refresh_from_db()
    assert row.gone_at is None
    assert feed()[1:] == [("back", "coursework", "Dois")]


def test_everything_is_compared_once_a_day(ana: User, school: Google) -> None:
    account = make_account(ana, school)
    synchronise(account)
    school.remove_item("101", "courseWork", "w2")
    CourseAccess.objects.update(reconciled_at=timezone.now() - timedelta(hours=25))
    synchronise(account)
    assert feed() == [("gone", "coursework", "Dois")]


def test_a_draft_is_marked_until_it_is_published(ana: User, school: Google) -> None:
    account = make_account(ana, school)
    school.item("101", "courseWork", "w3", title="Rascunho", state="DRAFT")
    synchronise(account)
    row = Coursework.objects.get(google_id="w3")
    assert (row.state, row.alternate_link) == ("draft", "")
    school.change_item("101", "courseWork", "w3", state="PUBLISHED")
    synchronise(account)
    row.refresh_from_db()
    assert row.state == "published"
    assert row.alternate_link.startswith("https://classroom.google.com/")
    assert feed() == [("new", "coursework", "Rascunho")]


def test_coursework_moves_from_topic_to_topic(ana: User, school: Google) -> None:
    account = make_account(ana, school)
    school.topic("101", "t1", "Unidade 1")
    school.topic("101", "t2", "Unidade 2")
    school.change_item("101", "courseWork", "w1", topicId="t1")
    synchronise(account)
    row = Coursework.objects.get(google_id="w1")
    assert row.topic.name == "Unidade 1"
    school.change_item("101", "courseWork", "w1", topicId="t2")
    school.courses["101"].topics[1]["name"] = "Unidade dois"
    synchronise(account)
    row.refresh_from_db()
    assert row.topic.name == "Unidade dois"
    school.courses["101"].topics.clear()
    synchronise(account)
    row.refresh_from_db()
    assert row.topic is None


def test_only_what_changed_is_read_again(ana: User, school: Google) -> None:
    for number in range(250):
        old = f"2026-01-{1 + number % 28:02}T10:00:00Z"
        school.item("101", "courseWork", f"x{number}", title="Velha", updateTime=old)
    account = make_account(ana, school)
    assert synchronise(account).items_seen == 252
    assert school.calls(LIST) == 3
    school.reset()
    school.change_item("101", "courseWork", "x7", title="Nova")
    assert synchronise(account).items_seen == 100
    assert school.calls(LIST) == 1
    assert Coursework.objects.get(google_id="x7").title == "Nova"


def test_an_archived_course_is_read_once_a_day(ana: User, school: Google) -> None:
    school.course("102", "Antiga", TEACHER, state="ARCHIVED", updateTime="2026-01-01T10:00:00Z")
    account = make_account(ana, school)
    synchronise(account)
    school.reset()
    sync = synchronise(account)
    assert (sync.courses_total, sync.courses_done) == (2, 2)
    assert school.calls(r"/v1/courses/102/.*") == 0
    assert CourseAccess.objects.get(course__google_id="102").course.state == "archived"


def test_a_course_that_one_has_left_is_no_longer_open(ana: User, school: Google) -> None:
    account = make_account(ana, school)
    synchronise(account)
    del school.courses["101"]
    synchronise(account)
    assert CourseAccess.objects.get().gone_at is not None
    assert Coursework.objects.count() == 2


def test_an_answer_that_is_older_changes_nothing(ana: User, school: Google) -> None:
    account = make_account(ana, school)
    synchronise(account)
    school.change_item("101", "courseWork", "w1", title="Alt", updateTime="2020-01-01T00:00:00Z")
    synchronise(account, full=True)
    assert Coursework.objects.get(google_id="w1").title == "Um"
    assert feed() == []
