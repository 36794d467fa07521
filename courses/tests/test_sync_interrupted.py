"""A synchronisation may end at any moment; the next run makes of it what one run would have."""

from typing import Any

import pytest

from accounts.models import User
from core.jobs import lifecycle
from core.jobs.kind import Leaving
from courses.models import (
    CourseAccess,
    CourseChange,
    CourseMaterial,
    CourseVideo,
    Coursework,
    Reach,
    Sync,
)
from courses.services.syncing import SYNCS, request_sync
from courses.tests.build import TEACHER, WITH_DRIVE, make_account, run_sync, synchronise
from sandbox.google import Google

pytestmark = pytest.mark.django_db(transaction=True)


class Ending:
    """A beat after which the process is gone."""

    def __init__(self, beats: int) -> None:
        self.left = beats

    def __call__(self, **fields: Any) -> None:
        self.left -= 1
        if self.left < 0:
            raise Leaving

    def pause(self, seconds: float) -> None:
        self()


def fill(google: Google) -> None:
    for course in ("101", "102"):
        google.course(course, f"Curso {course}", TEACHER)
        google.topic(course, "t1", "Unidade")
        for number in range(3):
            file = f"{course}-f{number}"
            google.file(file, "sem nome", "video/mp4", b"v", readers=[TEACHER])
            attached = {"driveFile": {"driveFile": {"id": file, "title": "sem nome"}}}
            google.item(course, "courseWork", f"w{number}", [attached], title="Aula")
        google.item(course, "announcements", "a1", text="https://youtu.be/dQw4w9WgXcQ")


def state() -> dict[str, Any]:
    def rows(model: Any, *names: str) -> list[Any]:
        return sorted(model.objects.values_list(*names), key=str)

    at = "coursework__course__google_id"
    return {
        "coursework": rows(Coursework, "course__google_id", "google_id", "title", "gone_at"),
        "videos": rows(CourseVideo, at, "source_key", "mime_type", "gone_at"),
        "materials": rows(CourseMaterial, at, "key", "gone_at"),
        "reaches": rows(Reach, "video__source_key", "problem"),
        "changes": rows(CourseChange, "change", "what", "title"),
        "accesses": rows(CourseAccess, "course__google_id", "problem", "gone_at"),
    }


def run_broken(sync: Sync, beats: int) -> bool:
    """Whether it was cut off, as by kill -9 after so many beats."""
    job = lifecycle.claim(SYNCS, holder="worker-1")
    assert job == sync
    try:
        SYNCS.work(job, Ending(beats))
    except Leaving:
        cut = True
    else:
        cut = False
    Sync.objects.filter(id=sync.pk).update(status="queued", token="", holder="")
    return cut


def test_cut_off_anywhere_it_ends_the_same(ana: User, google: Google) -> None:
    fill(google)
    account = make_account(ana, google, bundles=WITH_DRIVE)
    sync = request_sync(by=ana, credential=account)
    beats = 0
    while run_broken(sync, beats):
        beats += 1
        # Each time from the beginning, as if nothing of it had been finished.
        CourseAccess.objects.update(synced_at=None, reconciled_at=None, marks={})
    assert beats > 20
    assert run_sync(sync).status == "completed"
    once = state()
    assert len(once["coursework"]) == 8
    assert (len(once["videos"]), len(once["materials"]), len(once["reaches"])) == (8, 0, 6)
    assert once["changes"] == []
    synchronise(account, full=True)
    assert state() == once


def test_courses_that_were_finished_are_not_read_again(ana: User, google: Google) -> None:
    fill(google)
    sync = request_sync(by=ana, credential=make_account(ana, google), full=True)
    beats = 0
    while not CourseAccess.objects.exclude(synced_at=None).exists():
        run_broken(sync, beats)
        beats += 1
    (done,) = CourseAccess.objects.exclude(synced_at=None)
    google.reset()
    assert run_sync(sync).status == "completed"
    assert google.calls(f"/v1/courses/{done.course.google_id}/.*") == 0
    assert (sync.courses_done, len(state()["coursework"])) == (2, 8)


def test_changes_are_told_once_however_often_it_was_cut(ana: User, google: Google) -> None:
    fill(google)
    account = make_account(ana, google)
    synchronise(account)
    google.item("101", "courseWork", "new", title="Nova")
    google.change_item("102", "courseWork", "w1", title="Outra")
    sync = request_sync(by=ana, credential=account)
    beats = 0
    while run_broken(sync, beats):
        beats += 1
    assert state()["changes"] == [
        ("changed", "coursework", "Outra"),
        ("new", "coursework", "Nova"),
    ]
