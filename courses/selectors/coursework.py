"""Reads of what teachers have posted in a course."""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from core.errors import NotFound
from core.text import normalise
from courses.keys import Key, lookup
from courses.models import Course, CourseMaterial, CourseVideo, Coursework

NO_TOPIC = "none"
_LAST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class CourseworkFilter:
    """Empty values filter nothing. `topic` is a topic's key, or NO_TOPIC."""

    kind: str = ""
    has_video: bool | None = None
    topic: str = ""
    search: str = ""


EVERYTHING = CourseworkFilter()

# By topic in the order of Classroom, those without one last; within a topic the newest first.
ORDER = ("topic_place", "topic_number", "-posted_at", "-id")


def list_coursework(
    *, user: User, course: Course, filter: CourseworkFilter = EVERYTHING
) -> QuerySet[Coursework]:
    found = Coursework.objects.visible_to(user).filter(course=course)
    if filter.kind:
        found = found.filter(kind=filter.kind)
    if filter.has_video is not None:
        any_video = Exists(_videos(coursework=OuterRef("id")))
        found = found.filter(any_video if filter.has_video else ~any_video)
    if filter.topic:
        found = found.filter(**_of_topic(filter.topic))
    for word in normalise(filter.search).split():
        found = found.filter(search_text__contains=word)
    placed = found.annotate(
        topic_place=Coalesce("topic__position", Value(_LAST)),
        topic_number=Coalesce("topic_id", Value(0)),
        posted_at=Coalesce("google_created_at", "created_at"),
    )
    return placed.select_related("topic").order_by(*ORDER)


def with_content(found: QuerySet[Coursework]) -> QuerySet[Coursework]:
    """With their videos and materials: two more queries, however many rows."""
    return found.prefetch_related(
        Prefetch("videos", _videos().order_by(F("gone_at").desc(nulls_first=True), "position")),
        Prefetch("materials", CourseMaterial.objects.order_by("position", "id")),
    )


def get_coursework(*, user: User, course: Course, coursework_id: Key) -> Coursework:
    """:raises NotFound: there is none, or this person may not see it"""
    found = with_content(list_coursework(user=user, course=course))
    coursework = found.filter(**lookup(coursework_id)).first()
    if coursework is None:
        raise NotFound
    return coursework


def _videos(**where: object) -> QuerySet[CourseVideo]:
    return CourseVideo.objects.filter(**where)


def _of_topic(topic: str) -> dict[str, object]:
    if topic == NO_TOPIC:
        return {"topic": None}
    return {f"topic__{name}": value for name, value in lookup(topic).items()}
