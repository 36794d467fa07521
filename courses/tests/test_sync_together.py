"""Two workers read the same course through two accounts at the same time."""

import threading

import pytest

from accounts.models import User
from core.jobs.lane import Lane
from courses.models import Course, CourseAccess, CourseVideo, Coursework, Reach, Sync, Topic
from courses.services.syncing import SYNCS, request_sync
from courses.tests.build import STUDENT, TEACHER, WITH_DRIVE, make_account
from sandbox.google import Google

pytestmark = pytest.mark.django_db(transaction=True)

OTHER = "outra@escola.example"


def test_they_make_one_course_of_it(ana: User, bruno: User, google: Google) -> None:
    for course in ("101", "102", "103"):
        google.course(course, course, TEACHER, teachers=[OTHER], students=[STUDENT])
        google.topic(course, "t1", "Unidade")
        for number in range(40):
            file = f"{course}-{number}"
            google.file(file, "x", "video/mp4", b"v", readers=[TEACHER, OTHER, STUDENT])
            film = {"driveFile": {"driveFile": {"id": file, "title": "sem nome"}}}
            google.item(course, "courseWork", f"w{number}", [film], title="Aula", topicId="t1")
    for owner, email in ((ana, TEACHER), (bruno, OTHER), (bruno, STUDENT)):
        account = make_account(owner, google, email, bundles=WITH_DRIVE)
        request_sync(by=owner, credential=account, full=True)
    workers = [
        threading.Thread(target=Lane(SYNCS, holder=f"worker-{number}")._run) for number in range(3)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    done = Sync.objects.values_list("status", "error_code", "error_detail")
    assert list(done) == [("completed", "", "")] * 3
    assert (Course.objects.count(), CourseAccess.objects.count()) == (3, 9)
    assert (Coursework.objects.count(), Topic.objects.count()) == (120, 3)
    assert CourseVideo.objects.filter(mime_type="video/mp4").count() == 120
    assert Reach.objects.filter(problem="").count() == 360
    assert not Coursework.objects.exclude(gone_at=None).exists()
