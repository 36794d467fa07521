"""Which courses an account gives, and in which role: rows of courses and of accesses."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Credential
from core.text import normalise
from courses.classroom.payloads import CourseFacts, TeacherFacts, TopicFacts
from courses.models import Course, CourseAccess, CourseRole, Coursework, Topic
from courses.services import updates
from courses.services.locking import lock_course

_FACTS = tuple(name for name in CourseFacts.__dataclass_fields__ if name != "google_id")


def write_courses(
    *, credential: Credential, facts: Iterable[CourseFacts], teaching: bool
) -> list[int]:
    """One page of an account's courses; the numbers of the courses in it."""
    told = {one.google_id: one for one in facts}
    with transaction.atomic():
        courses = _courses(told)
        _write_accesses(credential, courses, teaching=teaching)
    return [course.pk for course in courses]


def update_course(facts: CourseFacts) -> None:
    """One course that is known already."""
    with transaction.atomic():
        _courses({facts.google_id: facts})


def mark_gone(*, credential: Credential, seen: set[int]) -> None:
    """After the whole list was read: the courses that are no longer in it."""
    open_now = CourseAccess.objects.filter(credential=credential, gone_at=None)
    for access in open_now.select_related("course", "credential"):
        if access.course_id not in seen:
            close_access(access=access)


def close_access(*, access: CourseAccess, problem: str = "") -> None:
    """The account is no longer in the course; what was read through it is kept."""
    with transaction.atomic():
        CourseAccess.objects.filter(id=access.pk).update(gone_at=timezone.now(), problem=problem)
        updates.record_course(access.course, through=access, changed=False)


def write_topics(*, course: Course, topics: list[TopicFacts]) -> None:
    """All topics of a course, in the order of Classroom; the others are gone."""
    with transaction.atomic():
        lock_course(course.pk)
        known = {topic.google_id: topic for topic in Topic.objects.filter(course=course)}
        told = {one.google_id: (one.name, place) for place, one in enumerate(topics)}
        new, changed = [], []
        for google_id, (name, position) in told.items():
            topic = known.get(google_id)
            if topic is None:
                new.append(Topic(course=course, google_id=google_id, name=name, position=position))
            elif (topic.name, topic.position) != (name, position):
                topic.name, topic.position = name, position
                changed.append(topic)
        Topic.objects.bulk_create(new)
        Topic.objects.bulk_update(changed, ["name", "position"])
        gone = [topic.pk for google_id, topic in known.items() if google_id not in told]
        if gone:
            Coursework.objects.filter(topic__in=gone).update(topic=None)
            Topic.objects.filter(id__in=gone).delete()


def write_teachers(*, course: Course, teachers: list[TeacherFacts]) -> None:
    course.teachers = [asdict(one) for one in teachers]
    Course.objects.filter(id=course.pk).update(teachers=course.teachers)


def _courses(told: dict[str, CourseFacts]) -> list[Course]:
    """Their rows, locked, made and brought up to date; a page may be an older one."""
    rows = Course.objects.select_for_update(no_key=True).filter(google_id__in=told).order_by("id")
    known = set(rows.values_list("google_id", flat=True))
    new = [_made(one) for google_id, one in sorted(told.items()) if google_id not in known]
    if new:
        # Another account may be the first to bring the same course at this moment.
        Course.objects.bulk_create(new, ignore_conflicts=True)
    courses = list(rows)
    changed = [course for course in courses if _update(course, told[course.google_id])]
    Course.objects.bulk_update(changed, [*_FACTS, "search_text"])
    return courses


def _made(facts: CourseFacts) -> Course:
    return Course(google_id=facts.google_id, **_fields(facts))


def _update(course: Course, facts: CourseFacts) -> bool:
    """Whether it is newer and different."""
    if _is_older(facts.google_updated_at, course.google_updated_at):
        return False
    fields = _fields(facts)
    different = any(getattr(course, name) != value for name, value in fields.items())
    for name, value in fields.items():
        setattr(course, name, value)
    return different


def _fields(facts: CourseFacts) -> dict[str, Any]:
    fields = {name: getattr(facts, name) for name in _FACTS}
    words = (facts.name, facts.section, facts.room, facts.heading, facts.description)
    return {**fields, "search_text": normalise(" ".join(filter(None, words)))}


def _is_older(told: datetime | None, known: datetime | None) -> bool:
    return told is not None and known is not None and told < known


def _write_accesses(credential: Credential, courses: list[Course], *, teaching: bool) -> None:
    rows = CourseAccess.objects.filter(credential=credential, course__in=courses)
    known = {access.course_id: access for access in rows}
    now = timezone.now()
    new, moved = [], []
    for course in courses:
        role = _role(credential, course, teaching=teaching)
        access = known.get(course.pk)
        if access is None:
            new.append(CourseAccess(credential=credential, course=course, role=role, seen_at=now))
        elif access.role != role or access.gone_at is not None:
            # What is to be seen has changed: everything is read anew.
            access.marks = {} if access.role != role else access.marks
            access.role, access.gone_at, access.reconciled_at = role, None, None
            access.problem = ""
            moved.append(access)
    CourseAccess.objects.bulk_create(new, ignore_conflicts=True)
    CourseAccess.objects.bulk_update(
        moved, ["role", "gone_at", "reconciled_at", "marks", "problem"]
    )
    rows.update(seen_at=now)


def _role(credential: Credential, course: Course, *, teaching: bool) -> CourseRole:
    if not teaching:
        return CourseRole.STUDENT
    own = course.owner_google_id == credential.google_sub
    return CourseRole.OWNER if own else CourseRole.TEACHER
