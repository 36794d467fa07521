"""Half-fetched files and files nothing refers to: found, reported, removed, never too many."""

import hashlib
from datetime import timedelta

import pytest

from accounts.tests.build import make_credential
from core import storage
from core.models import Status
from courses.models import CourseFile
from courses.tests.make import make_course, make_coursework, make_material
from downloads.models import Download
from downloads.services import cleaning, orphans
from downloads.tests.build import make_download
from downloads.tests.sweeping import clean, figures, put, told
from library.models import StoredFile
from library.services import storing
from library.services.storing import Published
from library.tests.build import make_video

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def long_ago(monkeypatch):
    """Everything that lies on the disk has done so for long."""
    for module, name in (
        (cleaning, "STALE_AFTER"),
        (cleaning, "UNKNOWN_AFTER"),
        (orphans, "GRACE"),
    ):
        monkeypatch.setattr(module, name, timedelta(seconds=-1))


def make_stored(content: bytes, key: str) -> StoredFile:
    file = put("library", key, content)
    return StoredFile.objects.create(
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=file.stat().st_size,
        key=key,
        content_type="video/mp4",
    )


def test_what_ended_downloads_left_half_fetched_is_removed(ana):
    ended = make_download(ana, status=Status.FAILED)
    left = [
        put("partial", f"{ended.folder}/video.part"),
        put("partial", "d99/video.part"),
        put("partial", ".d5-aside/video.part"),
    ]

    run = clean("incomplete")

    assert figures(run) == ("completed", 3, 3, 30)
    assert sorted(told(run)) == [
        ("folder", ".d5-aside", "ended", True),
        ("folder", ended.folder, "ended", True),
        ("folder", "d99", "ended", True),
    ]
    assert not any(path.parent.exists() for path in left)


def test_a_dry_run_removes_nothing_and_reports_the_same(ana, long_ago):
    paths = [put("partial", "d99/video.part"), put("library", "d0/d7-abc/video.mp4")]

    incomplete, orphaned = clean("incomplete", dry_run=True), clean("orphaned", dry_run=True)

    assert figures(incomplete) == ("completed", 1, 0, 10)
    assert told(incomplete) == [("folder", "d99", "ended", False)]
    assert figures(orphaned) == ("completed", 1, 0, 10)
    assert told(orphaned) == [("file", "d0/d7-abc", "unreferenced", False)]
    assert all(path.exists() for path in paths)


def test_what_a_running_or_waiting_download_works_with_stays(ana):
    running = make_download(ana, status=Status.RUNNING)
    waiting = make_download(ana)
    paths = [put("partial", f"{one.folder}/video.part") for one in (running, waiting)]
    paths.append(put("partial", "l17/entries.json"))  # of somebody else, and new

    run = clean("incomplete")

    assert figures(run) == ("completed", 0, 0, 0)
    assert all(path.exists() for path in paths)


def test_the_part_of_a_download_that_waits_for_a_week_goes_and_the_download_stays(ana, long_ago):
    running = make_download(ana, status=Status.RUNNING)
    waiting = make_download(ana, downloaded_bytes=10, progress_percent=50, has_thumbnail=True)
    kept = put("partial", f"{running.folder}/video.part")
    part = put("partial", f"{waiting.folder}/video.part")
    strange = put("partial", "upload-x/part")

    run = clean("incomplete")

    assert sorted(told(run)) == [
        ("folder", waiting.folder, "stale", True),
        ("folder", "upload-x", "unknown", True),
    ]
    assert (kept.exists(), part.exists(), strange.exists()) == (True, False, False)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.downloaded_bytes, waiting.progress_percent) == ("queued", 0, 0)
    assert waiting.has_thumbnail is False


def test_published_files_no_row_speaks_of_are_removed(ana, long_ago):
    video = make_video(ana, thumbnail=b"picture", subtitles={"pt": "WEBVTT"})
    folder = storage.path_of(video.file.key).parent
    beside = put("library", f"{video.file.key.rsplit('/', 1)[0]}/old.mp4", b"12345")
    lost = put("library", "d0/d7-abc/video.mp4").parent
    put("library", "d0/d7-abc/thumbnail.jpg")
    foreign = [put("library", "lost+found/x"), put("library", "d0/notes.txt")]

    run = clean("orphaned")

    assert figures(run) == ("completed", 2, 2, 25)
    assert sorted(told(run)) == [
        ("file", "d0/d7-abc", "unreferenced", True),
        ("file", f"{folder.parent.name}/{folder.name}/old.mp4", "unreferenced", True),
    ]
    assert not lost.exists()
    assert not beside.exists()
    assert sorted(path.name for path in folder.iterdir()) == [
        "pt.vtt",
        "thumbnail.jpg",
        "video.mp4",
    ]
    assert all(path.exists() for path in foreign)


def test_what_was_published_just_now_may_still_be_recorded():
    new = put("library", "d0/d7-abc/video.mp4")

    assert figures(clean("orphaned")) == ("completed", 0, 0, 0)
    assert new.exists()


def test_what_a_running_download_has_published_stays_however_long_it_takes(ana, long_ago):
    running = make_download(ana, status=Status.RUNNING)
    other = make_download(ana, status=Status.RUNNING)
    mine = put("library", f"d0/{running.folder}-{running.token}/video.mp4")
    earlier = put("library", f"d0/{other.folder}-earlier/video.mp4")

    run = clean("orphaned")

    assert run.removed == 1
    assert (mine.exists(), earlier.exists()) == (True, False)


def test_bytes_whose_last_owner_left_are_removed_with_their_row(ana, long_ago):
    material = make_material(make_coursework(make_course(make_credential(ana))))
    stored = make_stored(b"handout", "d0/d3-abc/handout.pdf")
    CourseFile.objects.create(owner=ana, material=material, file=stored, name="a.pdf")
    assert clean("orphaned").found == 0

    material.delete()
    run = clean("orphaned")

    assert told(run) == [("file", "d0/d3-abc/handout.pdf", "unreferenced", True)]
    assert figures(run) == ("completed", 1, 1, 7)
    assert not StoredFile.objects.exists()
    assert not storage.path_of("d0/d3-abc").exists()


def test_a_deleted_person_leaves_no_bytes_behind(ana, bruno, long_ago):
    make_video(ana, content=b"hers alone", thumbnail=b"picture", subtitles={"pt": "WEBVTT"})
    shared = make_video(ana, content=b"of both").file
    make_video(bruno, content=b"of both")
    ana.delete()

    clean("orphaned")

    assert list(StoredFile.objects.all()) == [shared]
    files = [path for path in storage.library_root().rglob("*") if path.is_file()]
    assert files == [storage.path_of(shared.key)]


def test_rows_without_their_file_are_reported_and_kept(ana):
    gone, short, whole = make_video(ana), make_video(ana), make_video(ana)
    storage.path_of(gone.file.key).unlink()
    storage.path_of(short.file.key).write_bytes(b"x")

    run = clean("orphaned")

    assert told(run) == [
        ("file", gone.file.key, "missing", False),
        ("file", short.file.key, "damaged", False),
    ]
    assert figures(run) == ("completed", 2, 0, 0)
    assert StoredFile.objects.count() == 3
    assert storage.path_of(whole.file.key).exists()


def test_the_clock_never_empties_a_library_but_staff_may(ana, clara, long_ago):
    """As when the database is a new one and the folder of the media is not."""
    make_video(ana)
    for number in range(21):
        put("library", f"d0/d{number}-abc/video.mp4")

    run = clean("orphaned")

    assert (run.status, run.error_code, run.removed) == ("failed", "cleaning.too_much", 0)
    assert run.error_detail == "21 of 22 published folders are in no row."
    assert run.found == 21
    assert {row["reason"] for row in run.report} == {"too_much"}
    assert len(list(storage.path_of("d0").iterdir())) == 21

    assert clean("orphaned", requested_by=clara).removed == 21
    assert list(storage.path_of("d0").iterdir()) == []


def test_a_link_that_leads_elsewhere_is_left_alone(tmp_path, long_ago):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "video.mp4").write_bytes(b"of somebody")
    shelf = put("library", "d0/d1-a/video.mp4").parent.parent
    (shelf / "d2-b").symlink_to(outside)

    run = clean("orphaned")

    assert told(run) == [("file", "d0/d1-a", "unreferenced", True)]
    assert (outside / "video.mp4").read_bytes() == b"of somebody"


def test_what_is_recorded_while_the_cleaning_looks_stays(ana, long_ago, monkeypatch):
    put("library", "d0/d9-abc/video.mp4")
    seen = orphans._walk

    def then_recorded(tally):
        found = seen(tally)
        published = Published("d0/d9-abc", "video.mp4", "f" * 64, 10, "video/mp4")
        make_video(ana, file=storing.store_file(published=published))
        return found

    monkeypatch.setattr(orphans, "_walk", then_recorded)
    run = clean("orphaned")

    assert run.removed == 0
    assert storage.path_of("d0/d9-abc/video.mp4").exists()


def test_the_sweep_of_every_few_seconds_still_finds_the_same(ana):
    ended = make_download(ana, status=Status.CANCELLED)
    path = put("partial", f"{ended.folder}/video.part")

    assert cleaning.sweep() == 1
    assert not path.exists()
    assert Download.objects.count() == 1
