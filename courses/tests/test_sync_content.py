"""A synchronisation brings every course, with all that hangs in it, out of Classroom."""

import pytest

from accounts.models import User
from courses.models import (
    Course,
    CourseAccess,
    CourseChange,
    CourseMaterial,
    CourseVideo,
    Coursework,
    Topic,
)
from courses.tests.build import STUDENT, TEACHER, make_account, synchronise
from sandbox.google import Google

pytestmark = pytest.mark.django_db(transaction=True)

FILM = "dQw4w9WgXcQ"
DRIVE = "1aBcDeFgHiJkLmNoPqRsTuVwXyZ012345"


@pytest.fixture
def school(google: Google) -> Google:
    """A course with one of everything."""
    google.user(TEACHER, "Paula Souza")
    google.user(STUDENT, "Rita Alves")
    google.course(
        "101",
        "Matemática",
        TEACHER,
        students=[STUDENT],
        section="7º B",
        room="12",
        descriptionHeading="Bem-vindos",
        description="Frações",
    )
    google.topic("101", "t1", "Unidade 1")
    google.item(
        "101",
        "courseWork",
        "w1",
        title="Veja a aula",
        description="Também https://youtu.be/aaaaaaaaaaa.",
        topicId="t1",
        materials=[{"youtubeVideo": {"id": FILM, "title": "Aula 1"}}],
    )
    google.item("101", "courseWork", "w2", title="Quanto é?", workType="SHORT_ANSWER_QUESTION")
    google.item(
        "101",
        "courseWorkMaterial",
        "m1",
        title="Folha",
        materials=[
            {"driveFile": {"driveFile": {"id": DRIVE, "title": "Folha.pdf"}, "shareMode": "VIEW"}},
            {"form": {"formUrl": "https://docs.google.com/forms/d/x/viewform", "title": "Prova"}},
        ],
    )
    google.item("101", "announcements", "a1", text="Bom dia! https://escola.example/aviso")
    return google


def test_everything_of_a_course_is_read(ana: User, school: Google) -> None:
    sync = synchronise(make_account(ana, school))
    assert (sync.courses_total, sync.courses_done) == (1, 1)
    assert (sync.items_seen, sync.videos_found, sync.changes) == (4, 2, 0)
    course = Course.objects.get()
    facts = (course.google_id, course.name, course.section, course.room, course.state)
    assert facts == ("101", "Matemática", "7º B", "12", "active")
    assert (course.heading, course.description) == ("Bem-vindos", "Frações")
    assert course.search_text == "matematica 7o b 12 bem-vindos fracoes"
    assert course.teachers is None
    rows = Coursework.objects.order_by("kind").values_list("kind", "google_id", "title", "state")
    assert list(rows) == [
        ("announcement", "a1", "", "published"),
        ("assignment", "w1", "Veja a aula", "published"),
        ("material", "m1", "Folha", "published"),
        ("question", "w2", "Quanto é?", "published"),
    ]
    assert Coursework.objects.get(google_id="a1").description.startswith("Bom dia!")
    topic = Topic.objects.get()
    assert (topic.name, topic.coursework.get().google_id) == ("Unidade 1", "w1")


def test_videos_and_materials_of_each_coursework_are_kept(ana: User, school: Google) -> None:
    synchronise(make_account(ana, school))
    videos = CourseVideo.objects.order_by("position").values_list(
        "coursework__google_id", "source", "source_key", "title", "in_text"
    )
    assert list(videos) == [
        ("w1", "youtube", FILM, "Aula 1", False),
        ("w1", "youtube", "aaaaaaaaaaa", "", True),
    ]
    materials = CourseMaterial.objects.order_by("kind").values_list(
        "coursework__google_id", "kind", "title", "url"
    )
    assert list(materials) == [
        ("m1", "file", "Folha.pdf", f"https://drive.google.com/file/d/{DRIVE}/view"),
        ("m1", "form", "Prova", "https://docs.google.com/forms/d/x/viewform"),
        ("a1", "link", "", "https://escola.example/aviso"),
    ]


def test_the_account_has_its_role_in_each_course(ana: User, bruno: User, school: Google) -> None:
    school.course("102", "História", "outra@escola.example", teachers=[TEACHER])
    synchronise(make_account(ana, school))
    synchronise(make_account(bruno, school, STUDENT))
    roles = CourseAccess.objects.order_by("credential_id", "course__google_id")
    assert list(roles.values_list("course__google_id", "role")) == [
        ("101", "owner"),
        ("102", "teacher"),
        ("101", "student"),
    ]
    assert Course.objects.count() == 2
    assert all(access.synced_at and access.reconciled_at for access in roles)


def test_a_second_reading_changes_nothing(ana: User, school: Google) -> None:
    account = make_account(ana, school)
    synchronise(account)
    before = _everything()
    synchronise(account)
    synchronise(account, full=True)
    assert _everything() == before
    assert CourseChange.objects.count() == 0


def _everything() -> list[list[tuple[object, ...]]]:
    kept = ("seen_at", "checked_at")
    return [
        list(
            model.objects.order_by("id").values_list(
                *[one.attname for one in model._meta.concrete_fields if one.name not in kept]
            )
        )
        for model in (Course, Topic, Coursework, CourseVideo, CourseMaterial)
    ]
