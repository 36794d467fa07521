"""The courses API: coursework with its videos and materials, topics, changes."""

from datetime import UTC, timedelta

import pytest
from django.utils import timezone

from accounts.tests.build import make_credential
from courses.models import CourseChange, CourseFile, Reach
from courses.tests.make import (
    give,
    make_course,
    make_course_video,
    make_coursework,
    make_material,
    make_topic,
)
from library.tests.build import make_video

URL = "/api/v1/courses"


@pytest.fixture
def account(ana):
    return make_credential(ana)


@pytest.fixture
def course(account):
    return make_course(account)


def rows(client, course, path="coursework", **asked):
    answer = client.get(f"{URL}/{course.pk}/{path}", asked)
    assert answer.status_code == 200, answer.json()
    return answer.json()["results"]


def titles(client, course, **asked):
    return [row["title"] for row in rows(client, course, **asked)]


def iso(moment):
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def test_a_coursework_is_told_whole(ana_client, ana, account, course):
    topic = make_topic(course, name="Fotossíntese", google_id="t9")
    post = make_coursework(
        course, topic=topic, title="Aula 1", description="Vejam", google_id="w7", kind="assignment"
    )
    second = make_course_video(post, position=1, in_text=True)
    first = make_course_video(
        post,
        position=0,
        source="drive",
        source_key="d" * 30,
        url="https://drive.google.com/file/d/x/view",
        size_bytes=100,
        duration_seconds=7.5,
        mime_type="video/mp4",
        title="Gravação",
    )
    Reach.objects.create(video=first, credential=account, problem="google.not_downloadable")
    held = make_video(ana, source="youtube", source_key=second.source_key)
    paper = make_material(post, kind="document", url="https://docs.google.com/document/d/x")
    CourseFile.objects.create(owner=ana, material=paper, file=held.file, name="x.pdf")
    strange = make_material(post, position=1, kind="gem", url="", title="")

    (told,) = rows(ana_client, course)

    assert told == {
        "id": post.pk,
        "google_id": "w7",
        "kind": "assignment",
        "title": "Aula 1",
        "description": "Vejam",
        "state": "published",
        "topic": {"id": topic.pk, "google_id": "t9", "name": "Fotossíntese"},
        "has_video": True,
        "video_url": "https://drive.google.com/file/d/x/view",
        "video_source": "drive",
        "videos": [
            {
                "id": first.pk,
                "title": "Gravação",
                "source": "drive",
                "url": first.url,
                "duration_seconds": 7.5,
                "size_bytes": 100,
                "mime_type": "video/mp4",
                "in_text": False,
                "problem": "google.not_downloadable",
                "video_id": None,
                "gone_at": None,
            },
            {
                "id": second.pk,
                "title": second.title,
                "source": "youtube",
                "url": second.url,
                "duration_seconds": None,
                "size_bytes": None,
                "mime_type": None,
                "in_text": True,
                "problem": None,
                "video_id": held.pk,
                "gone_at": None,
            },
        ],
        "materials": [
            {
                "id": paper.pk,
                "coursework_id": post.pk,
                "kind": "document",
                "title": paper.title,
                "url": "https://docs.google.com/document/d/x",
                "mime_type": None,
                "size_bytes": None,
                "fetchable": True,
                "file_url": f"/courses/materials/{paper.pk}/file",
                "gone_at": None,
            },
            {
                "id": strange.pk,
                "coursework_id": post.pk,
                "kind": "gem",
                "title": None,
                "url": None,
                "mime_type": None,
                "size_bytes": None,
                "fetchable": False,
                "file_url": None,
                "gone_at": None,
            },
        ],
        "alternate_link": None,
        "created_at": iso(post.google_created_at),
        "updated_at": None,
        "gone_at": None,
    }
    assert ana_client.get(f"{URL}/{course.pk}/coursework/{post.pk}").json() == told


def test_a_video_one_account_reaches_is_within_reach(ana_client, ana, account, course):
    video = make_course_video(make_coursework(course))
    Reach.objects.create(video=video, credential=account, problem="google.no_access")
    assert rows(ana_client, course)[0]["videos"][0]["problem"] == "google.no_access"

    Reach.objects.create(video=video, credential=make_credential(ana))
    assert rows(ana_client, course)[0]["videos"][0]["problem"] is None


def test_what_anothers_account_reaches_is_nobody_elses_business(ana_client, bruno, course):
    theirs = make_credential(bruno)
    give(theirs, course)
    video = make_course_video(make_coursework(course))
    Reach.objects.create(video=video, credential=theirs, problem="google.no_access")
    make_video(bruno, source="youtube", source_key=video.source_key)

    (told,) = rows(ana_client, course)[0]["videos"]

    assert (told["problem"], told["video_id"]) == (None, None)


def test_drafts_and_work_for_single_students_are_seen_as_in_classroom(
    ana_client, bruno_client, bruno, course
):
    student = give(make_credential(bruno), course, role="student")
    make_coursework(course, title="For all")
    make_coursework(course, title="Draft", state="draft")
    make_coursework(course, title="For another", individual=True)
    his = make_coursework(course, title="For Bruno", individual=True)
    his.assigned_to.add(student)

    assert titles(ana_client, course) == ["For Bruno", "For another", "Draft", "For all"]
    assert titles(bruno_client, course) == ["For Bruno", "For all"]


def test_what_left_classroom_is_kept_and_marked(ana_client, course):
    now = timezone.now()
    post = make_coursework(course, gone_at=now)
    make_course_video(post, gone_at=now)

    (told,) = rows(ana_client, course)

    assert told["gone_at"] == told["videos"][0]["gone_at"] == iso(now)
    assert ana_client.get(f"{URL}/{course.pk}").json()["video_count"] == 0


def test_a_video_that_is_there_comes_before_one_that_is_gone(ana_client, course):
    post = make_coursework(course)
    make_course_video(post, position=0, title="Old", gone_at=timezone.now())
    make_course_video(post, position=1, title="New", url="https://youtu.be/new")

    (told,) = rows(ana_client, course)

    assert [video["title"] for video in told["videos"]] == ["New", "Old"]
    assert told["video_url"] == "https://youtu.be/new"


def test_coursework_is_narrowed(ana_client, course):
    topic = make_topic(course, google_id="t5")
    make_course_video(make_coursework(course, title="Frações", kind="question", topic=topic))
    make_coursework(course, title="Verbos", description="Leiam o capítulo")

    assert titles(ana_client, course, kind="question") == ["Frações"]
    assert titles(ana_client, course, has_video="true") == ["Frações"]
    assert titles(ana_client, course, has_video="false") == ["Verbos"]
    assert titles(ana_client, course, topic=str(topic.pk)) == ["Frações"]
    assert titles(ana_client, course, topic="google:t5") == ["Frações"]
    assert titles(ana_client, course, topic="none") == ["Verbos"]
    assert titles(ana_client, course, search="CAPITULO") == ["Verbos"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"kind": "quiz"}, "kind"),
        ({"has_video": "1"}, "has_video"),
        ({"topic": "x"}, "topic"),
        ({"topic": "9" * 19}, "topic"),
        ({"search": "a\x00"}, "search"),
        ({"with": "x"}, "with"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(ana_client, course, asked, field):
    answer = ana_client.get(f"{URL}/{course.pk}/coursework", asked)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)


@pytest.mark.parametrize(
    "title", ["🎬 Aula", "\u202eexe.4pm", "e\u0301" * 1500, '"; <img onerror>', "A" * 3000]
)
def test_a_title_comes_back_as_it_was(ana_client, course, title):
    make_coursework(course, title=title)

    assert titles(ana_client, course) == [title]


def test_topics_come_in_the_order_of_classroom(ana_client, course):
    make_topic(course, name="Second", position=2)
    make_topic(course, name="First", position=1)
    make_topic(make_course(), name="Another course's")

    assert [row["name"] for row in rows(ana_client, course, "topics")] == ["First", "Second"]


def test_materials_are_those_of_coursework_one_may_see(ana_client, bruno_client, bruno, course):
    give(make_credential(bruno), course, role="student")
    make_material(make_coursework(course), title="Old")
    make_material(make_coursework(course, state="draft"), title="New")

    assert [row["title"] for row in rows(ana_client, course, "materials")] == ["New", "Old"]
    assert [row["title"] for row in rows(bruno_client, course, "materials")] == ["Old"]


def test_changes_are_told_newest_first_to_those_who_may_see_them(
    ana_client, bruno_client, bruno, course
):
    give(make_credential(bruno), course, role="student")
    post, draft = make_coursework(course, google_id="w1"), make_coursework(course, state="draft")
    at = timezone.now() - timedelta(days=1)
    facts = {"course": course, "what": "coursework", "at": at}
    gone = CourseChange.objects.create(coursework=post, change="gone", title="Aula", **facts)
    CourseChange.objects.create(coursework=draft, change="new", title="Rascunho", **facts)

    assert [row["title"] for row in rows(ana_client, course, "changes")] == ["Rascunho", "Aula"]
    assert rows(bruno_client, course, "changes") == [
        {
            "id": gone.pk,
            "change": "gone",
            "what": "coursework",
            "title": "Aula",
            "coursework_id": post.pk,
            "coursework_google_id": "w1",
            "at": iso(at),
        }
    ]
