"""A finished batch as one ZIP: the right bytes under names every system takes."""

import io
import zipfile
from pathlib import PurePosixPath

import pytest

from conftest import received
from core import storage
from courses.models import CourseFile
from downloads.models import BatchDownload, BatchItem
from downloads.tests.build import make_download
from downloads.tests.school import make_school
from library.tests.build import make_video

pytestmark = pytest.mark.django_db


def opened(answer) -> zipfile.ZipFile:
    assert answer.status_code == 200, answer.content
    body = received(answer)
    assert int(answer["Content-Length"]) == len(body)
    archive = zipfile.ZipFile(io.BytesIO(body))
    assert archive.testzip() is None
    assert {one.compress_type for one in archive.infolist()} == {zipfile.ZIP_STORED}
    return archive


def add(batch, video, *, position, title="", content=None, **over) -> BatchItem:
    """An item whose video has come home."""
    stored = make_video(batch.owner, content=content, title=title or "x")
    download = make_download(batch.owner, status="completed", video=stored, **over)
    return BatchItem.objects.create(
        batch=batch, position=position, title=title, video=video, download=download
    )


@pytest.fixture
def school(ana):
    return make_school(ana, name="Mathematics: 7A")


@pytest.fixture
def batch(ana, school):
    return BatchDownload.objects.create(owner=ana, course=school.course, title=school.course.name)


def test_the_zip_holds_what_is_complete_in_folders_by_topic(ana_client, school, batch):
    fractions = school.coursework(topic=school.topic("Fractions / ½"))
    add(batch, school.video(fractions), position=1, title="Lesson one", content=b"one" * 999)
    add(batch, school.video(), position=2, title="Lesson one.mp4", content=b"two")
    waiting = make_download(batch.owner)
    BatchItem.objects.create(batch=batch, position=3, title="Later", download=waiting)

    for path in (f"/batches/{batch.pk}/zip", f"/api/v1/batch-downloads/{batch.pk}/zip"):
        answer = ana_client.get(path)
        archive = opened(answer)
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "Mathematics_ 7A/Fractions _ ½/001 Lesson one.mp4": b"one" * 999,
            "Mathematics_ 7A/002 Lesson one.mp4": b"two",
        }
        assert answer["Content-Type"] == "application/zip"
        assert answer["Content-Disposition"] == (
            "attachment; filename=\"Mathematics_ 7A.zip\"; filename*=UTF-8''Mathematics_%207A.zip"
        )


HOSTILE = [
    "../../etc/passwd",
    "..\\..\\boot.ini",
    "/absolute",
    "CON",
    "line\nbreak\r\n",
    "🎬" * 300,
    "\u202eexe.mp4",
    'a"; <b>?*|',
    "bell\x07rings",
    ". . .",
]


def test_no_title_leads_out_of_the_folder_or_breaks_a_file_system(ana_client, ana, school):
    school.course.name = "../" + "Ü" * 200
    batch = BatchDownload.objects.create(owner=ana, title=school.course.name)
    coursework = school.coursework(topic=school.topic("../../topic"))
    for position, title in enumerate(HOSTILE, 1):
        add(batch, school.video(coursework), position=position, title=title)

    archive = opened(ana_client.get(f"/batches/{batch.pk}/zip"))

    names = [one.filename for one in archive.infolist()]
    assert len({name.casefold() for name in names}) == len(HOSTILE)
    for name in names:
        parts = PurePosixPath(name).parts
        assert len(parts) == 3
        assert ".." not in parts
        assert all(len(part.encode()) <= 255 for part in parts)
        assert all(part == part.strip(" .") for part in parts)
        assert not any(letter in name for letter in '\\\n\r\x07"<>|?*:\u202e')
        assert parts[2].endswith(".mp4")


def test_a_file_that_is_missing_on_the_disk_is_named_in_a_letter(ana_client, school, batch):
    kept = add(batch, school.video(), position=1, title="Kept", content=b"kept")
    lost = add(batch, school.video(), position=2, title="Lost")
    storage.path_of(lost.download.video.file.key).unlink()

    archive = opened(ana_client.get(f"/batches/{batch.pk}/zip"))

    assert archive.read("Mathematics_ 7A/001 Kept.mp4") == b"kept"
    letter = archive.read("Mathematics_ 7A/README.txt").decode("utf-8-sig")
    assert "Mathematics_ 7A/002 Lost.mp4" in letter
    assert kept.title not in letter
    assert len(archive.namelist()) == 2


def test_materials_are_in_it_under_their_own_kind_of_name(ana_client, ana, school, batch):
    material = school.material(title="Plan")
    file = make_video(ana, content=b"%PDF-1").file
    CourseFile.objects.create(owner=ana, material=material, file=file, name="Plan.pdf")
    download = make_download(ana, status="completed", video=None, material=material)
    BatchItem.objects.create(
        batch=batch, position=7, title="Plan", material=material, download=download
    )

    archive = opened(ana_client.get(f"/batches/{batch.pk}/zip"))

    assert archive.read("Mathematics_ 7A/007 Plan.pdf") == b"%PDF-1"


def test_a_batch_of_which_nothing_has_come_has_no_zip(ana_client, batch):
    answer = ana_client.get(f"/api/v1/batch-downloads/{batch.pk}/zip")
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_finished")


def test_another_teacher_gets_no_zip(bruno_client, school, batch):
    add(batch, school.video(), position=1, title="Secret")
    for path in (f"/batches/{batch.pk}/zip", f"/api/v1/batch-downloads/{batch.pk}/zip"):
        assert bruno_client.get(path).status_code == 404


def test_large_files_are_not_read_before_they_are_sent(ana_client, school, batch):
    item = add(batch, school.video(), position=1, title="Long")
    path = storage.path_of(item.download.video.file.key)
    with path.open("wb") as file:
        file.truncate(5 << 30)  # sparse: five gigabytes that take no room

    answer = ana_client.get(f"/batches/{batch.pk}/zip")

    assert int(answer["Content-Length"]) > 5 << 30
    parts = iter(answer.streaming_content)
    sizes = [len(next(parts)) for _ in range(20)]
    assert max(sizes) <= 1 << 20
    answer.close()
