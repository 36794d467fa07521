"""Queueing the videos of one coursework, and what the own library has of them already."""

import pytest

from downloads.models import Download
from downloads.tests.build import make_download
from downloads.tests.school import make_account, make_school
from library.tests.build import make_video

pytestmark = pytest.mark.django_db

URL = "/api/v1/downloads"
DRIVE = "https://drive.google.com/file/d/1AbCdEfGhIjKlMnOpQrStUvWxYz012345/view"


@pytest.fixture
def school(ana):
    return make_school(ana)


def queue(client, school, coursework, **body):
    wanted = {
        "course_id": school.course.pk,
        "coursework_id": coursework.pk,
        "credential_id": school.credential.pk,
        **body,
    }
    return client.post(URL, wanted, "application/json")


def test_one_video_is_answered_as_a_download(ana_client, school):
    coursework = school.coursework()
    video = school.video(coursework, title="Fractions")

    answer = queue(ana_client, school, coursework, quality="360p")

    assert answer.status_code == 201
    told, made = answer.json(), Download.objects.get()
    assert (told["id"], told["title"], told["quality"]) == (made.pk, "Fractions", "360p")
    assert told["course_id"] == school.course.pk
    assert told["course_google_id"] == school.course.google_id
    assert told["coursework_id"] == coursework.pk
    assert told["coursework_google_id"] == coursework.google_id
    assert told["course_video_id"] == video.pk
    assert told["credential_id"] == school.credential.pk
    assert (told["batch_id"], told["batch_ids"]) == (None, [])


def test_several_are_answered_as_a_list_what_is_held_linked(ana_client, ana, school):
    coursework = school.coursework()
    held = school.video(coursework, position=1)
    mine = make_video(ana, source="youtube", source_key=held.source_key, content=b"12345")
    school.video(coursework, position=2)

    answer = queue(
        ana_client,
        school,
        coursework,
        course_id=f"google:{school.course.google_id}",
        coursework_id=f"google:{coursework.google_id}",
    )

    assert answer.status_code == 201
    told = answer.json()
    assert (list(told), told["total"]) == (["results", "total"], 2)
    linked, fresh = told["results"]
    assert (linked["status"], linked["linked"], linked["video_id"]) == ("completed", True, mine.pk)
    assert (linked["total_bytes"], linked["progress_percent"]) == (5, 100.0)
    assert (fresh["status"], fresh["linked"]) == ("queued", False)
    again = queue(ana_client, school, coursework, video_ids=[fresh["course_video_id"]])
    assert (again.status_code, again.json()["id"]) == (200, fresh["id"])


def test_a_coursework_without_video_is_refused(ana_client, school):
    answer = queue(ana_client, school, school.coursework())
    assert (answer.status_code, answer.json()["code"]) == (400, "no_video")
    assert not Download.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        ({"course_id": 1}, "coursework_id"),
        ({"coursework_id": 1}, "course_id"),
        ({"url": "https://example.org/a.mp4", "course_id": 1}, "course_id"),
        ({"url": "https://example.org/a.mp4", "video_ids": [1]}, "video_ids"),
        ({"course_id": 1, "coursework_id": "1"}, "coursework_id"),
        ({"course_id": True, "coursework_id": 1}, "course_id"),
    ],
)
def test_a_link_or_a_coursework_is_to_be_given(ana_client, body, field):
    answer = ana_client.post(URL, body, "application/json")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not Download.objects.exists()


def test_nothing_of_another_teachers_is_used(bruno_client, bruno, school):
    coursework = school.coursework()
    foreign = school.video(coursework)
    own = make_school(bruno)
    lesson = own.coursework()
    mine = own.video(lesson)

    def ask(**body):
        return queue(bruno_client, own, lesson, **body)

    link = {"url": "https://example.org/a.mp4", "credential_id": school.credential.pk}
    answers = [
        queue(bruno_client, school, coursework),
        ask(course_id=school.course.pk),
        ask(coursework_id=coursework.pk),
        ask(credential_id=school.credential.pk),
        ask(video_ids=[mine.pk, foreign.pk]),
        bruno_client.post(URL, link, "application/json"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 6
    assert not Download.objects.exists()


def test_a_pasted_drive_link_is_fetched_with_the_own_account(
    ana_client, ana, bruno_client, school
):
    body = {"url": DRIVE}

    mine = ana_client.post(URL, body, "application/json").json()
    theirs = bruno_client.post(URL, body, "application/json").json()

    assert mine["credential_id"] == school.credential.pk
    assert theirs["credential_id"] is None


def test_a_download_waits_while_its_account_does(ana_client, ana):
    account = make_account(ana, status="needs_consent")
    stuck = make_download(ana, credential=account)
    other = make_download(ana, credential=make_account(ana))

    told = {row["id"]: row for row in ana_client.get(URL).json()["results"]}

    assert told[stuck.pk]["wait_reason"] == "needs_consent"
    assert told[stuck.pk]["queue_position"] is None
    assert (told[other.pk]["wait_reason"], told[other.pk]["queue_position"]) == (None, 1)


def test_the_same_source_is_linked_unless_more_is_asked_for(ana_client, ana):
    url = "https://www.youtube.com/watch?v=jNQXAC9IVRw"
    mine = make_video(ana, source="youtube", source_key="jNQXAC9IVRw", height=360)

    def ask(**wishes):
        return ana_client.post(URL, {"url": url, **wishes}, "application/json").json()

    assert (ask()["linked"], ask(quality="360p")["video_id"]) == (True, mine.pk)
    for wishes in ({"quality": "1080p"}, {"format": "mkv"}, {"audio_only": True}):
        assert ask(**wishes)["status"] == "queued"


def test_another_owners_copy_is_neither_linked_nor_told_of(bruno_client, ana):
    make_video(ana, source="youtube", source_key="jNQXAC9IVRw")
    body = {"url": "https://www.youtube.com/watch?v=jNQXAC9IVRw"}

    told = bruno_client.post(URL, body, "application/json").json()

    assert (told["linked"], told["status"], told["video_id"]) == (False, "queued", None)


# --- many at once


def bulk(client, **body):
    return client.post(f"{URL}/bulk", body, "application/json")


def test_many_are_retried_by_number_and_refusals_are_named(ana_client, ana, bruno):
    failed, done = make_download(ana, status="failed"), make_download(ana, status="completed")
    foreign = make_download(bruno, status="failed")

    answer = bulk(ana_client, action="retry", ids=[failed.pk, done.pk, foreign.pk, 999_999])

    assert answer.status_code == 200
    told = answer.json()
    assert (told["done"], told["unchanged"], told["left"]) == (1, 0, 0)
    assert {one["id"]: one["code"] for one in told["refused"]} == {
        done.pk: "not_retryable",
        foreign.pk: "not_found",
        999_999: "not_found",
    }
    foreign.refresh_from_db()
    failed.refresh_from_db()
    assert (foreign.status, failed.status) == ("failed", "queued")


def test_all_that_a_filter_finds_are_cancelled(ana_client, ana, bruno, school):
    keep = make_download(ana, title="Verbs")
    other = make_download(bruno, title="Fractions")
    gone = [make_download(ana, title="Fractions", status=one) for one in ("queued", "running")]
    make_download(ana, title="Fractions", status="failed")

    told = bulk(ana_client, action="cancel", filter={"search": "fractions"}).json()

    assert (told["done"], told["refused"], told["left"]) == (2, [], 0)
    found = Download.objects.filter(status="cancelled")
    assert set(found) == set(gone)
    for one in (keep, other):
        one.refresh_from_db()
        assert one.status == "queued"


@pytest.mark.parametrize(
    "body",
    [
        {"action": "retry"},
        {"action": "purge", "ids": [1]},
        {"action": "retry", "ids": []},
        {"action": "retry", "ids": [1], "filter": {}},
        {"action": "retry", "filter": {"owner": 1}},
        {"action": "retry", "ids": list(range(1, 502))},
    ],
)
def test_what_to_do_and_to_which_is_to_be_said(ana_client, ana, body):
    make_download(ana, status="failed", id=1)
    assert bulk(ana_client, **body).status_code == 400
    assert Download.objects.get().status == "failed"


def test_a_cursor_walks_a_long_list_without_gap_or_double(ana_client, ana):
    made = [make_download(ana).pk for _ in range(7)]
    seen, cursor = [], None
    while True:
        query = {"limit": 3, **({"cursor": cursor} if cursor else {})}
        told = ana_client.get(URL, query).json()
        seen += [row["id"] for row in told["results"]]
        assert told["total"] == len(made)
        cursor = told["next_cursor"]
        if not cursor:
            break
        made.append(make_download(ana).pk)  # what comes meanwhile is on no later page

    assert seen == made[6::-1]


@pytest.mark.parametrize(
    ("in_classroom", "title"),
    [("Frações – aula 2.MP4", "Frações – aula 2"), ("Aula 1.2", "Aula 1.2"), (".mp4", ".mp4")],
)
def test_the_name_of_a_file_becomes_a_title(ana_client, school, in_classroom, title):
    coursework = school.coursework()
    school.drive_video(coursework, title=in_classroom)

    told = queue(ana_client, school, coursework).json()

    assert told["title"] == title
    assert told["video_metadata"]["title"] == title
