"""A course with coursework, videos and materials, and the account that sees it, for tests."""

import itertools
from dataclasses import dataclass
from typing import Any

from accounts.google.scopes import Bundle
from accounts.models import Credential, User
from accounts.tests.build import make_credential
from courses.models import (
    Course,
    CourseAccess,
    CourseMaterial,
    CourseRole,
    CourseVideo,
    Coursework,
    CourseworkKind,
    MaterialKind,
    Topic,
)

_numbers = itertools.count(1)
EVERYTHING = (Bundle.CLASSROOM, Bundle.DRIVE)


def make_account(owner: User, *, bundles: Any = EVERYTHING, **over: Any) -> Credential:
    """A connected account of `owner` that may read Classroom and Drive."""
    return make_credential(owner, bundles=bundles, **over)


@dataclass(frozen=True)
class School:
    """One course, seen by one account."""

    credential: Credential
    course: Course

    @property
    def owner(self) -> User:
        return self.credential.owner

    def topic(self, name: str, position: int = 0) -> Topic:
        number = next(_numbers)
        return Topic.objects.create(
            course=self.course, google_id=f"t{number}", name=name, position=position
        )

    def coursework(self, **over: Any) -> Coursework:
        number = next(_numbers)
        facts = {"google_id": f"w{number}", "title": f"Lesson {number}"}
        facts |= {"kind": CourseworkKind.MATERIAL} | over
        return Coursework.objects.create(course=self.course, **facts)

    def video(self, coursework: Coursework | None = None, **over: Any) -> CourseVideo:
        """One on YouTube, unless `over` says otherwise."""
        number = next(_numbers)
        key = f"yt{number:09}"
        facts: dict[str, Any] = {
            "source": "youtube",
            "source_key": key,
            "url": f"https://www.youtube.com/watch?v={key}",
            "title": f"Video {number}",
        }
        coursework = coursework or self.coursework()
        return CourseVideo.objects.create(coursework=coursework, **(facts | over))

    def drive_video(self, coursework: Coursework | None = None, **over: Any) -> CourseVideo:
        key = f"drive-file-{next(_numbers):020}"
        facts = {
            "source": "drive",
            "source_key": key,
            "url": f"https://drive.google.com/file/d/{key}/view",
            "size_bytes": 1_000_000,
        }
        return self.video(coursework, **(facts | over))

    def material(self, coursework: Coursework | None = None, **over: Any) -> CourseMaterial:
        """A file on Drive."""
        key = f"drive-file-{next(_numbers):020}"
        facts: dict[str, Any] = {
            "kind": MaterialKind.FILE,
            "key": key,
            "url": f"https://drive.google.com/file/d/{key}/view",
            "title": "Handout.pdf",
            "size_bytes": 5_000,
        }
        coursework = coursework or self.coursework()
        return CourseMaterial.objects.create(coursework=coursework, **(facts | over))


def make_school(owner: User, *, name: str = "Mathematics 7A", **account: Any) -> School:
    credential = make_account(owner, **account)
    course = Course.objects.create(google_id=f"c{next(_numbers)}", name=name)
    see(credential, course)
    return School(credential, course)


def see(credential: Credential, course: Course, role: str = CourseRole.OWNER) -> CourseAccess:
    return CourseAccess.objects.create(credential=credential, course=course, role=role)
