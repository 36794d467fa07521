"""Drive is asked what its files are: Classroom does not know."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.google.scopes import to_ask_for
from accounts.models import User
from courses.models import (
    CourseAccess,
    CourseChange,
    CourseFile,
    CourseMaterial,
    CourseVideo,
    Reach,
    Sync,
)
from courses.services.syncing import request_sync
from courses.tests.build import (
    STUDENT,
    TEACHER,
    WITH_DRIVE,
    make_account,
    reconnect,
    run_sync,
    synchronise,
)
from library.tests.build import make_video
from sandbox.google import Google

pytestmark = pytest.mark.django_db(transaction=True)

GET = r"/drive/v3/files/.*"
BATCH = r"/batch/drive/v3"
DOC = "application/vnd.google-apps.document"


def attached(file_id: str, title: str = "") -> dict[str, Any]:
    link = f"https://drive.google.com/open?id={file_id}"
    file = {"id": file_id, "title": title or file_id, "alternateLink": link}
    return {"driveFile": {"driveFile": file, "shareMode": "VIEW"}}


@pytest.fixture
def school(google: Google) -> Google:
    google.course("101", "Matemática", TEACHER, students=[STUDENT])
    return google


def film(school: Google, file_id: str, name: str = "aula.mp4", **more: Any) -> None:
    more.setdefault("readers", [TEACHER])
    school.file(file_id, name, "video/mp4", b"v" * 5000, **more)


def post(school: Google, *materials: dict[str, Any], id: str = "w1", **more: Any) -> None:
    school.item("101", "courseWork", id, title="Aula", materials=materials, **more)


def videos() -> list[tuple[str, str, str]]:
    rows = CourseVideo.objects.order_by("position", "id")
    return list(rows.values_list("source_key", "title", "mime_type"))


def test_a_video_is_known_by_its_type_and_not_by_its_name(ana: User, school: Google) -> None:
    film(school, "v1", "aula sem fim", videoMediaMetadata={"durationMillis": "90500"})
    school.file("f1", "falso.mp4", "application/pdf", b"%PDF-", readers=[TEACHER])
    post(school, attached("v1", "aula sem fim"), attached("f1", "falso.mp4"))
    account = make_account(ana, school, bundles=WITH_DRIVE)
    synchronise(account)
    video = CourseVideo.objects.get()
    assert (video.source_key, video.title) == ("v1", "aula sem fim")
    facts = (video.mime_type, video.size_bytes, video.duration_seconds, len(video.sha256))
    assert facts == ("video/mp4", 5000, 90.5, 64)
    assert video.url == "https://drive.google.com/file/d/v1/view"
    reach = Reach.objects.get()
    assert (reach.video, reach.credential, reach.problem) == (video, account, "")
    material = CourseMaterial.objects.get()
    told = (material.key, material.kind, material.mime_type, material.size_bytes)
    assert told == ("f1", "file", "application/pdf", 5)
    synchronise(account, full=True)
    assert CourseVideo.objects.get() == video
    assert CourseMaterial.objects.get() == material
    assert CourseChange.objects.count() == 0


def test_documents_and_folders_are_told_apart(ana: User, school: Google) -> None:
    school.file("d1", "Plano", DOC, readers=[TEACHER])
    school.file("p1", "Pasta", "application/vnd.google-apps.folder", readers=[TEACHER])
    post(school, attached("d1"), attached("p1"))
    synchronise(make_account(ana, school, bundles=WITH_DRIVE))
    kinds = CourseMaterial.objects.order_by("key").values_list("key", "kind")
    assert list(kinds) == [("d1", "document"), ("p1", "link")]


def test_files_are_asked_for_a_hundred_at_once(ana: User, school: Google) -> None:
    for number in range(121):
        film(school, f"v{number}")
        post(school, attached(f"v{number}"), id=f"w{number}")
    synchronise(make_account(ana, school, bundles=WITH_DRIVE))
    assert CourseVideo.objects.filter(mime_type="video/mp4").count() == 121
    assert school.calls(BATCH) == 2
    assert school.calls(GET) == 121


def test_nobody_is_asked_twice_within_a_week(ana: User, school: Google) -> None:
    film(school, "v1")
    school.file("f1", "folha.pdf", "application/pdf", b"%PDF-", readers=[TEACHER])
    post(school, attached("v1"), attached("f1"))
    account = make_account(ana, school, bundles=WITH_DRIVE)
    synchronise(account)
    school.reset()
    synchronise(account)
    synchronise(account, full=True)
    assert school.calls(GET) == 0
    school.change_item("101", "courseWork", "w1", title="Outra")
    synchronise(account)
    assert school.calls(GET) == 2
    school.reset()
    old = timezone.now() - timedelta(days=8)
    Reach.objects.update(checked_at=old)
    CourseMaterial.objects.update(checked_at=old)
    synchronise(account)
    assert school.calls(GET) == 2


def test_a_shortcut_is_followed(ana: User, school: Google) -> None:
    film(school, "target", "aula.mp4")
    school.shortcut("short", "target", readers=[TEACHER])
    school.file("d1", "Plano", DOC, readers=[TEACHER])
    school.shortcut("short-d", "d1", readers=[TEACHER])
    post(school, attached("short", "aula.mp4"), attached("short-d", "Plano"))
    account = make_account(ana, school, bundles=WITH_DRIVE)
    synchronise(account)
    video = CourseVideo.objects.get()
    assert (video.source_key, video.shortcut_id) == ("target", "short")
    assert video.url == "https://drive.google.com/file/d/target/view"
    material = CourseMaterial.objects.get()
    assert (material.key, material.kind, material.mime_type) == ("short-d", "document", DOC)
    school.change_item("101", "courseWork", "w1", title="Outra")
    synchronise(account)
    assert CourseVideo.objects.get() == video
    assert CourseMaterial.objects.get() == material


def test_a_shortcut_beside_its_target_is_one_video(ana: User, school: Google) -> None:
    film(school, "target", "aula.mp4")
    for name in ("s1", "s2"):
        school.shortcut(name, "target", readers=[TEACHER])
    both = [attached("s1", "aula.mp4"), attached("target", "aula.mp4"), attached("s2", "a.mp4")]
    post(school, *both)
    post(school, attached("s1", "aula.mp4"), attached("s2", "aula.mp4"), id="w2")
    account = make_account(ana, school, bundles=WITH_DRIVE)
    synchronise(account)
    keys = CourseVideo.objects.values_list("coursework__google_id", "source_key")
    assert sorted(keys) == [("w1", "target"), ("w2", "target")]


def test_why_a_file_cannot_be_fetched_is_noted_for_each_account(
    ana: User, bruno: User, school: Google
) -> None:
    film(school, "shut", can_download=False, readers=[TEACHER, STUDENT])
    film(school, "hers", readers=[STUDENT])
    film(school, "thrown", trashed=True)
    post(school, *[attached(name, f"{name}.mp4") for name in ("shut", "hers", "thrown", "none")])
    teacher = make_account(ana, school, bundles=WITH_DRIVE)
    student = make_account(bruno, school, STUDENT, bundles=WITH_DRIVE)
    synchronise(teacher)
    synchronise(student)
    rows = Reach.objects.values_list("credential", "video__source_key", "problem")
    assert sorted(rows) == [
        (teacher.pk, "hers", "google.gone"),
        (teacher.pk, "none", "google.gone"),
        (teacher.pk, "shut", "google.not_downloadable"),
        (teacher.pk, "thrown", "google.gone"),
        (student.pk, "hers", ""),
        (student.pk, "none", "google.gone"),
        (student.pk, "shut", "google.not_downloadable"),
        (student.pk, "thrown", "google.gone"),
    ]
    assert CourseVideo.objects.get(source_key="hers").size_bytes == 5000


def test_who_can_see_a_file_tells_what_it_is(ana: User, bruno: User, school: Google) -> None:
    film(school, "v1", "sem nome")
    post(school, attached("v1", "sem nome"))
    synchronise(make_account(bruno, school, STUDENT, bundles=WITH_DRIVE))
    assert CourseMaterial.objects.get().mime_type == ""
    account = make_account(ana, school, bundles=WITH_DRIVE)
    synchronise(account)
    assert videos() == [("v1", "sem nome", "video/mp4")]
    assert not CourseMaterial.objects.exists()


def test_what_was_fetched_stays_when_it_turns_out_to_be_a_video(ana: User, school: Google) -> None:
    film(school, "v1", "sem nome")
    school.file("d1", "Plano", DOC, readers=[TEACHER])
    post(school, attached("v1", "sem nome"), attached("d1", "Plano"))
    account = make_account(ana, school)
    synchronise(account)
    material = CourseMaterial.objects.get(key="v1")
    file = make_video(ana).file
    CourseFile.objects.create(owner=ana, material=material, file=file, name="sem nome")
    reconnect(account, school, WITH_DRIVE)
    run_sync(Sync.objects.active().get())
    assert videos() == [("v1", "sem nome", "video/mp4")]
    material.refresh_from_db()
    assert material.gone_at is not None
    assert material.files.count() == 1
    school.change_item("101", "courseWork", "w1", title="Outra")
    synchronise(account)
    material.refresh_from_db()
    assert material.gone_at is not None
    assert CourseVideo.objects.get().gone_at is None


def test_a_file_that_becomes_another_kind_is_no_obstacle(ana: User, school: Google) -> None:
    school.file("f1", "folha", "application/pdf", b"%PDF-", readers=[TEACHER])
    post(school, attached("f1", "folha"))
    account = make_account(ana, school, bundles=WITH_DRIVE)
    synchronise(account)
    for mime in (DOC, "video/mp4", DOC, "application/pdf", "video/mp4"):
        school.files["f1"].fields["mimeType"] = mime
        school.change_item("101", "courseWork", "w1", title=mime)
        synchronise(account)
        rows = [*CourseVideo.objects.filter(gone_at=None)]
        rows += [*CourseMaterial.objects.filter(gone_at=None)]
        assert [row.mime_type for row in rows] == [mime]


def test_a_complete_reading_asks_again_about_what_was_out_of_reach(
    ana: User, school: Google
) -> None:
    film(school, "shut", can_download=False)
    film(school, "open")
    post(school, attached("shut", "a.mp4"), attached("open", "b.mp4"))
    account = make_account(ana, school, bundles=WITH_DRIVE)
    synchronise(account)
    school.files["shut"].can_download = True
    school.reset()
    synchronise(account, full=True)
    assert school.calls(GET) == 1
    assert not Reach.objects.exclude(problem="").exists()


def test_without_the_permission_names_have_to_do(ana: User, school: Google) -> None:
    film(school, "v1", "aula.mp4")
    film(school, "v2", "sem nome")
    post(school, attached("v1", "aula.mp4"), attached("v2", "sem nome"))
    account = make_account(ana, school)
    synchronise(account)
    assert videos() == [("v1", "aula.mp4", "")]
    assert CourseMaterial.objects.get().key == "v2"
    assert CourseVideo.objects.get().checked_at is None
    assert school.calls(GET) == 0
    reconnect(account, school, WITH_DRIVE)
    assert run_sync(Sync.objects.active().get()).status == "completed"
    assert videos() == [("v1", "aula.mp4", "video/mp4"), ("v2", "sem nome", "video/mp4")]
    assert not CourseMaterial.objects.exists()


def test_links_into_drive_are_classified_too(ana: User, school: Google) -> None:
    film_id, sheet_id = "F" * 33, "S" * 33
    film(school, film_id, "aula.mp4")
    school.file(sheet_id, "folha.pdf", "application/pdf", b"%PDF-", readers=[TEACHER])
    text = f"https://drive.google.com/file/d/{film_id}/view e drive.google.com/open?id={sheet_id}"
    post(school, description=text)
    account = make_account(ana, school, bundles=WITH_DRIVE)
    synchronise(account)
    assert videos() == [(film_id, "aula.mp4", "video/mp4")]
    assert CourseVideo.objects.get().in_text
    assert CourseMaterial.objects.get().title == "folha.pdf"
    synchronise(account, full=True)
    assert (CourseVideo.objects.count(), CourseMaterial.objects.count()) == (1, 1)


def test_a_resource_key_goes_with_the_question(ana: User, school: Google) -> None:
    school.file(
        "r1", "a.mp4", "video/mp4", b"v", resource_key="key-1", public=True, owner="x@y.example"
    )
    material = attached("r1", "a.mp4")
    material["driveFile"]["driveFile"]["alternateLink"] += "&resourcekey=key-1"
    post(school, material)
    synchronise(make_account(ana, school, bundles=WITH_DRIVE))
    video = CourseVideo.objects.get()
    assert (video.resource_key, video.mime_type) == ("key-1", "video/mp4")
    assert Reach.objects.get().problem == ""


def test_a_permission_that_is_not_what_it_seems_stops_only_the_questions(
    ana: User, school: Google
) -> None:
    film(school, "v1")
    post(school, attached("v1", "aula.mp4"))
    account = make_account(ana, school)
    account.granted_scopes = to_ask_for(WITH_DRIVE)
    account.save(update_fields=["granted_scopes"])
    synchronise(account)
    assert CourseAccess.objects.get().problem == "google.missing_scope"
    assert CourseVideo.objects.get().checked_at is None


def test_what_drive_could_not_answer_now_is_asked_the_next_time(
    ana: User, school: Google, monkeypatch
) -> None:
    film(school, "v1")
    film(school, "v2")
    post(school, attached("v1", "a.mp4"), attached("v2", "b.mp4"))
    account = make_account(ana, school, bundles=WITH_DRIVE)
    monkeypatch.setattr("accounts.google.client.TRIES", 1)
    school.fail(r"/files/v1\?", "unavailable", times=-1)
    synchronise(account)
    assert videos() == [("v1", "a.mp4", ""), ("v2", "b.mp4", "video/mp4")]
    school.reset()
    synchronise(account)
    assert videos() == [("v1", "a.mp4", "video/mp4"), ("v2", "b.mp4", "video/mp4")]
    assert school.calls(GET) == 1


def test_a_cancelled_question_leaves_the_rest_for_later(ana: User, school: Google) -> None:
    """Drive is away in the middle: the sync is tried again, and then asks what is left."""
    for number in range(150):
        film(school, f"v{number}")
        post(school, attached(f"v{number}", "a.mp4"), id=f"w{number}")
    account = make_account(ana, school, bundles=WITH_DRIVE)
    school.fail(r"/batch/drive/v3", "quota_download", times=1, after=1)
    sync = run_sync(request_sync(by=ana, credential=account))
    assert (sync.status, sync.error_code) == ("queued", "google.quota")
    assert CourseVideo.objects.filter(checked_at=None).count() == 50
    school.reset()
    sync.available_at = timezone.now()
    sync.save(update_fields=["available_at"])
    assert run_sync(sync).status == "completed"
    assert school.calls(GET) == 50
