"""Downloading a whole course through the API, and following what comes of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.google.scopes import Bundle
from core.models import Event
from courses.models import CourseFile, CourseworkKind, Reach
from downloads.models import BatchDownload, BatchItem, Download, Transition
from downloads.tests.batching import BATCHES, download_all, look, rows
from downloads.tests.build import make_download
from downloads.tests.school import make_school
from library.tests.build import make_video

pytestmark = pytest.mark.django_db

COUNTERS = ("completed", "in_progress", "queued", "failed", "cancelled")


@pytest.fixture
def school(ana):
    return make_school(ana)


def test_every_video_of_a_course_is_queued_with_the_account_that_sees_it(ana_client, ana, school):
    video, drive = school.video(), school.drive_video(size_bytes=7)

    answer = download_all(ana_client, school, quality="720p")

    assert answer.status_code == 202
    batch = BatchDownload.objects.get()
    assert answer.json() == {
        "job_id": batch.pk,
        "status": "pending",
        "total_videos": 2,
        "skipped": [],
    }
    assert (batch.owner, batch.course, batch.title) == (ana, school.course, "Mathematics 7A")
    made = list(Download.objects.order_by("id"))
    assert [one.course_video for one in made] == [video, drive]
    assert {one.credential for one in made} == {school.credential}
    assert [(one.url, one.source, one.source_key) for one in made] == [
        (one.url, one.source, one.source_key) for one in (video, drive)
    ]
    assert [one.estimated_bytes for one in made] == [None, 7]
    assert {(one.owner, one.quality, one.status) for one in made} == {(ana, "720p", "queued")}
    assert [one.actor for one in Transition.objects.all()] == [f"user:{ana.pk}"] * 2


def test_what_is_held_doubled_gone_or_out_of_reach_is_left_out_with_its_reason(
    ana_client, ana, school
):
    coursework = school.coursework()
    fresh = school.video(coursework, position=1)
    held = school.drive_video(coursework, position=2)
    make_video(ana, source="drive", source_key=held.source_key)
    same_bytes = school.drive_video(coursework, position=3)
    same_bytes.sha256 = make_video(ana).file.sha256
    same_bytes.save()
    double = school.video(position=1, source_key=fresh.source_key, url=fresh.url)
    refused = school.drive_video(coursework, position=4, title="Interview")
    Reach.objects.create(
        video=refused, credential=school.credential, problem="google.not_downloadable"
    )
    school.video(coursework, position=5, gone_at=timezone.now())
    school.video(school.coursework(gone_at=timezone.now()))

    told = download_all(ana_client, school).json()

    assert told["total_videos"] == 1
    assert {(one["video_id"], one["reason"]) for one in told["skipped"]} == {
        (held.pk, "already_held"),
        (same_bytes.pk, "already_held"),
        (double.pk, "duplicate"),
        (refused.pk, "source.not_downloadable"),
    }
    interview = next(one for one in told["skipped"] if one["title"] == "Interview")
    assert (
        interview["message"] == "Its owner, or Google, does not allow this video to be downloaded."
    )
    assert [one.course_video for one in Download.objects.all()] == [fresh]
    assert BatchItem.objects.count() == 5


def test_what_waits_or_runs_already_becomes_part_of_the_batch(ana_client, ana, school):
    video, other = school.video(), school.video()
    running = make_download(
        ana, status="running", source="youtube", source_key=video.source_key, quality="360p"
    )

    first = download_all(ana_client, school).json()
    again = download_all(ana_client, school).json()

    assert (first["total_videos"], again["total_videos"]) == (2, 2)
    assert Download.objects.count() == 2
    assert {one.download for one in BatchItem.objects.filter(video=video)} == {running}
    told = ana_client.get(f"/api/v1/downloads/{running.pk}").json()
    assert told["batch_ids"] == [first["job_id"], again["job_id"]]
    assert told["batch_id"] == again["job_id"]
    assert Download.objects.get(course_video=other).status == "queued"


def test_one_look_says_what_a_download_would_do_and_changes_nothing(
    ana_client, ana, school, settings
):
    school.drive_video(size_bytes=4_000)
    school.video()
    held = school.video()
    mine = make_video(ana, source="youtube", source_key=held.source_key)
    held_bytes = mine.file.size_bytes
    refused = school.drive_video(title="Interview")
    Reach.objects.create(video=refused, credential=school.credential, problem="google.no_access")
    settings.MIN_FREE_BYTES, settings.USER_QUOTA_BYTES = 10**18, 3_000
    before = rows()

    answer = look(ana_client, school)

    assert answer.status_code == 200
    assert answer.json() == {
        "course_id": school.course.pk,
        "course_google_id": school.course.google_id,
        "credential_id": school.credential.pk,
        "found": 4,
        "held": 1,
        "under_way": 0,
        "ready": 2,
        "unreachable": [
            {
                "reason": "source.private",
                "message": "This video is private.",
                "title": "Interview",
                "video_id": refused.pk,
                "material_id": None,
            }
        ],
        "needs": [],
        "known_bytes": 4_000,
        "unknown_sizes": 1,
        "free_bytes": 0,
        "is_room": False,
        "quota_bytes": 3_000,
        "used_bytes": held_bytes,
        "fits_quota": False,
    }
    assert rows() == before


def test_without_the_permission_for_drive_its_files_wait_for_that_one_permission(ana_client, ana):
    school = make_school(ana, bundles=[Bundle.CLASSROOM])
    drive, video = school.drive_video(), school.video()

    told = look(ana_client, school).json()
    answer = download_all(ana_client, school).json()

    assert told["needs"] == [{"bundle": "drive", "videos": 1}]
    assert (told["found"], told["ready"], told["unreachable"]) == (2, 1, [])
    assert [(one["video_id"], one["reason"]) for one in answer["skipped"]] == [
        (drive.pk, "credential.missing_scope")
    ]
    assert Download.objects.get().course_video == video


def test_picked_videos_alone_are_fetched_and_tried_whatever_is_said_of_them(ana_client, ana):
    school = make_school(ana, bundles=[Bundle.CLASSROOM])
    drive = school.drive_video()
    school.video()

    answer = download_all(ana_client, school, video_ids=[drive.pk])

    assert (answer.status_code, answer.json()["total_videos"]) == (202, 1)
    assert Download.objects.get().course_video == drive


def test_kinds_of_coursework_are_left_out_on_request(ana_client, school):
    kept = school.video(school.coursework(kind=CourseworkKind.ASSIGNMENT))
    school.video(school.coursework(kind=CourseworkKind.ANNOUNCEMENT))

    assert look(ana_client, school, exclude_kinds="announcement,question").json()["found"] == 1
    download_all(ana_client, school, exclude_kinds=["announcement"])

    assert Download.objects.get().course_video == kept


def test_files_and_documents_come_along_when_asked_for(ana_client, ana, school):
    file = school.material()
    document = school.material(kind="document", size_bytes=None, title="Plan")
    school.material(kind="link", url="https://example.org")
    held = school.material(title="Known.pdf")
    CourseFile.objects.create(
        owner=ana, material=held, file=make_video(ana).file, name="Known.pdf"
    )

    without = download_all(ana_client, school).json()
    told = download_all(ana_client, school, include=["materials"]).json()

    assert (without["total_videos"], without["status"]) == (0, "completed")
    assert (told["total_videos"], told["status"]) == (2, "pending")
    assert [(one["material_id"], one["reason"]) for one in told["skipped"]] == [
        (held.pk, "already_held")
    ]
    assert [one.material for one in Download.objects.order_by("id")] == [file, document]
    assert look(ana_client, school, include="materials").json()["under_way"] == 2


def test_a_link_that_cannot_be_opened_harms_no_other(ana_client, school):
    school.video(source="direct", source_key="x", url="http://127.0.0.1/a.mp4")
    good = school.video()

    told = download_all(ana_client, school).json()

    assert told["total_videos"] == 1
    assert [one["reason"] for one in told["skipped"]] == ["network.blocked_address"]
    assert Download.objects.get().course_video == good


def test_the_same_key_makes_one_batch(ana_client, school):
    school.video()
    headers = {"Idempotency-Key": "course-1"}
    path = f"/api/v1/courses/google:{school.course.google_id}/download-all"

    first = ana_client.post(path, {}, "application/json", headers=headers)
    again = ana_client.post(path, {}, "application/json", headers=headers)

    assert (first.status_code, again["Idempotency-Replayed"]) == (202, "true")
    assert again.json() == first.json()
    assert BatchDownload.objects.count() == 1


# --- following


@pytest.mark.parametrize(
    ("states", "status", "percent"),
    [
        ([], "completed", 100.0),
        (["queued", "queued"], "pending", 0.0),
        (["running", "queued"], "in_progress", 0.0),
        (["completed", "queued"], "in_progress", 50.0),
        (["completed", "completed"], "completed", 100.0),
        (["failed", "failed"], "failed", 0.0),
        (["failed", "cancelled"], "failed", 0.0),
        (["cancelled", "cancelled"], "cancelled", 0.0),
        (["completed", "completed", "failed"], "partially_completed", 66.6),
        (["completed", "cancelled"], "partially_completed", 50.0),
    ],
)
def test_the_state_of_a_batch_is_that_of_its_downloads(
    ana_client, ana, school, states, status, percent
):
    batch = BatchDownload.objects.create(owner=ana, course=school.course, title="x")
    for state in states:
        made = make_download(ana, status=state)
        BatchItem.objects.create(batch=batch, download=made)
    BatchItem.objects.create(batch=batch, reason="already_held")

    told = ana_client.get(f"{BATCHES}/{batch.pk}").json()

    assert (told["status"], told["progress_percent"]) == (status, percent)
    assert (told["total_videos"], told["skipped_videos"]) == (len(states), 1)
    for name in ("completed", "queued", "failed", "cancelled"):
        assert told[f"{name}_videos"] == states.count(name)
    assert told["in_progress_videos"] == states.count("running")
    assert sum(told[f"{name}_videos"] for name in COUNTERS) == len(states)
    assert (told["zip_url"] is not None) == ("completed" in states)


def test_a_retry_that_waits_is_under_way(ana_client, ana, school):
    batch = BatchDownload.objects.create(owner=ana, title="x")
    later = timezone.now() + timedelta(minutes=5)
    waiting = make_download(
        ana, started_at=timezone.now(), wait_reason="retry", available_at=later
    )
    BatchItem.objects.create(batch=batch, download=waiting)

    assert ana_client.get(f"{BATCHES}/{batch.pk}").json()["status"] == "in_progress"


def test_bytes_are_summed_as_far_as_they_are_known(ana_client, ana):
    batch = BatchDownload.objects.create(owner=ana, title="x")
    for facts in (
        {"status": "running", "downloaded_bytes": 30, "total_bytes": 100, "progress_percent": 30},
        {"estimated_bytes": 50},
        {},
    ):
        BatchItem.objects.create(batch=batch, download=make_download(ana, **facts))

    told = ana_client.get(f"{BATCHES}/{batch.pk}").json()

    assert (told["downloaded_bytes"], told["total_bytes"], told["unknown_sizes"]) == (30, 150, 1)
    assert told["progress_percent"] == 10.0


def test_batches_are_listed_newest_first_and_narrowed(ana_client, ana, school):
    school.video()
    other = make_school(ana, name="History", tenant_id="north")
    first, second = download_all(ana_client, school), download_all(ana_client, other)

    def ids(**query):
        return [one["id"] for one in ana_client.get(BATCHES, query).json()["results"]]

    assert ids() == [second.json()["job_id"], first.json()["job_id"]]
    assert ids(course_id=school.course.pk) == [first.json()["job_id"]]
    assert ids(course_id=f"google:{other.course.google_id}") == [second.json()["job_id"]]
    assert ids(credential_id=other.credential.pk) == [second.json()["job_id"]]
    assert ids(tenant_id="north") == [second.json()["job_id"]]


def test_downloads_are_narrowed_by_course_account_batch_and_tenant(ana_client, ana, school):
    school.video()
    other = make_school(ana, tenant_id="north")
    other.video()
    pasted = make_download(ana)
    job = download_all(ana_client, school).json()["job_id"]
    download_all(ana_client, other)
    mine = Download.objects.get(credential=school.credential)
    theirs = Download.objects.get(credential=other.credential)

    def ids(**query):
        return [one["id"] for one in ana_client.get("/api/v1/downloads", query).json()["results"]]

    assert set(ids()) == {pasted.pk, mine.pk, theirs.pk}
    assert ids(course_id=school.course.pk) == [mine.pk]
    assert ids(course_id=f"google:{other.course.google_id}") == [theirs.pk]
    assert ids(credential_id=school.credential.pk) == [mine.pk]
    assert ids(batch_id=job) == [mine.pk]
    assert ids(tenant_id="north") == [theirs.pk]


def test_the_items_say_what_became_of_each(ana_client, ana, school):
    coursework = school.coursework()
    video = school.video(coursework, title="One", position=1)
    held = school.video(coursework, title="Two", position=2)
    make_video(ana, source="youtube", source_key=held.source_key)
    job = download_all(ana_client, school).json()["job_id"]

    told = ana_client.get(f"{BATCHES}/{job}/items").json()

    assert told["total"] == 2
    first, second = told["results"]
    assert (first["position"], first["title"], first["video_id"]) == (1, "One", video.pk)
    assert (first["reason"], first["download"]["status"]) == (None, "queued")
    assert first["download"]["course_google_id"] == school.course.google_id
    assert first["download"]["coursework_id"] == video.coursework_id
    assert first["download"]["coursework_google_id"] == video.coursework.google_id
    assert first["download"]["queue_position"] == 1
    assert (second["reason"], second["download"]) == ("already_held", None)
    assert second["message"] == "Your library has it already."


# --- cancelling and retrying


def test_a_cancelled_batch_keeps_what_is_complete(ana_client, ana, school):
    batch = BatchDownload.objects.create(owner=ana, title="x")
    for state in ("queued", "running", "completed", "failed"):
        BatchItem.objects.create(batch=batch, download=make_download(ana, status=state))

    told = ana_client.generic("POST", f"{BATCHES}/{batch.pk}/cancel").json()

    assert (told["status"], told["cancelled_videos"]) == ("partially_completed", 2)
    assert (told["completed_videos"], told["failed_videos"]) == (1, 1)
    ended = Event.objects.get(type="batch_update")
    assert (ended.topic, ended.owner_id) == (f"batch.{batch.pk}", ana.pk)
    assert ended.data["status"] == "partially_completed"


def test_what_failed_in_a_batch_starts_again_and_refusals_are_named(ana_client, ana, school):
    batch = BatchDownload.objects.create(owner=ana, title="x")
    failed, twin = make_download(ana, status="failed"), make_download(ana, status="failed")
    make_download(ana, fingerprint=twin.fingerprint)
    done = make_download(ana, status="completed")
    for one in (failed, twin, done):
        BatchItem.objects.create(batch=batch, download=one)

    told = ana_client.generic("POST", f"{BATCHES}/{batch.pk}/retry-failed").json()

    assert (told["done"], told["left"]) == (1, 0)
    assert [(one["id"], one["code"]) for one in told["refused"]] == [
        (twin.pk, "already_under_way")
    ]
    failed.refresh_from_db()
    assert failed.status == "queued"
    begun_anew = Event.objects.get(type="batch_update")
    assert begun_anew.data["status"] == "in_progress"
