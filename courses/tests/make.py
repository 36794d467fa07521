"""Courses for tests: which accounts give them, and what is posted in them."""

import itertools
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Credential
from core.models import ENDED, Status
from core.text import normalise
from courses.models import (
    Course,
    CourseAccess,
    CourseMaterial,
    CourseVideo,
    Coursework,
    Sync,
    Topic,
)

_numbers = itertools.count(1)


def make_course(*credentials: Credential, role: str = "teacher", **over: Any) -> Course:
    """A course that these accounts give, read a minute ago."""
    number = next(_numbers)
    facts: dict[str, Any] = {"google_id": f"c{number}", "name": f"Course {number}"} | over
    words = [facts["name"], facts.get("section", ""), facts.get("description", "")]
    course = Course.objects.create(search_text=normalise(" ".join(words)), **facts)
    for credential in credentials:
        give(credential, course, role=role)
    return course


def give(credential: Credential, course: Course, **over: Any) -> CourseAccess:
    facts = {"role": "teacher", "synced_at": timezone.now() - timedelta(minutes=1)} | over
    return CourseAccess.objects.create(credential=credential, course=course, **facts)


def make_topic(course: Course, **over: Any) -> Topic:
    number = next(_numbers)
    facts = {"google_id": f"t{number}", "name": f"Topic {number}", "position": number} | over
    return Topic.objects.create(course=course, **facts)


def make_coursework(course: Course, **over: Any) -> Coursework:
    """A published material; each newer than the one made before."""
    number = next(_numbers)
    facts: dict[str, Any] = {
        "kind": "material",
        "google_id": f"w{number}",
        "title": f"Post {number}",
        "google_created_at": timezone.now() - timedelta(days=30) + timedelta(seconds=number),
    } | over
    words = [facts["title"], facts.get("description", "")]
    return Coursework.objects.create(
        course=course, search_text=normalise(" ".join(words)), **facts
    )


def make_course_video(coursework: Coursework, **over: Any) -> CourseVideo:
    number = next(_numbers)
    key = f"yt{number:09}"
    facts = {
        "source": "youtube",
        "source_key": key,
        "url": f"https://www.youtube.com/watch?v={key}",
        "title": f"Video {number}",
    } | over
    return CourseVideo.objects.create(coursework=coursework, **facts)


def make_material(coursework: Coursework, **over: Any) -> CourseMaterial:
    number = next(_numbers)
    facts = {
        "kind": "link",
        "key": f"m{number}",
        "url": f"https://example.org/{number}",
        "title": f"Material {number}",
    } | over
    return CourseMaterial.objects.create(coursework=coursework, **facts)


def make_sync(credential: Credential, **over: Any) -> Sync:
    """A queued one; `status` brings along what belongs to it."""
    now = timezone.now()
    facts: dict[str, Any] = {}
    status = over.get("status", Status.QUEUED)
    if status != Status.QUEUED:
        facts["started_at"] = now - timedelta(seconds=5)
    if status == Status.RUNNING:
        facts |= {"token": "t" * 32, "holder": "worker-1", "run": 1}
        facts["lease_until"] = now + timedelta(seconds=30)
    if status in ENDED:
        facts["finished_at"] = now
    if status == Status.FAILED:
        facts["error_code"] = "google.no_access"
    return Sync.objects.create(credential=credential, **facts | over)


def fill(course: Course, *, number: int, topics: Sequence[Topic] = ()) -> list[Coursework]:
    """Many posts at once, each with two videos and a material."""
    first = next(_numbers) * 100_000
    now = timezone.now()
    posts = Coursework.objects.bulk_create(
        Coursework(
            course=course,
            kind="material",
            google_id=f"w{first + place}",
            title=f"Post {first + place}",
            topic=topics[place % len(topics)] if topics else None,
            search_text=f"post {first + place}",
            google_created_at=now - timedelta(minutes=place),
        )
        for place in range(number)
    )
    CourseVideo.objects.bulk_create(
        CourseVideo(
            coursework=post,
            position=place,
            source="youtube",
            source_key=f"k{post.pk}-{place}",
            url=f"https://www.youtube.com/watch?v={post.pk}-{place}",
            title=f"Video {place} of {post.pk}",
        )
        for post in posts
        for place in range(2)
    )
    CourseMaterial.objects.bulk_create(
        CourseMaterial(
            coursework=post, kind="link", key=f"m{post.pk}", url=f"https://example.org/{post.pk}"
        )
        for post in posts
    )
    return posts
