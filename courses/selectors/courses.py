"""Reads of courses. Everything an interface may see of them passes through here."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet, Sum

from accounts.models import Credential, User
from core.errors import NotFound
from core.text import normalise
from courses.keys import Key, lookup
from courses.models import Course, CourseAccess, Topic
from courses.selectors.videos import held_by, in_course


@dataclass(frozen=True, slots=True)
class CourseFilter:
    """Empty values filter nothing."""

    credential_id: int | None = None
    state: str = ""
    search: str = ""
    tenant_id: str = ""


EVERYTHING = CourseFilter()


@dataclass(frozen=True, slots=True)
class Figures:
    """What a viewer has of a course; `videos` are those that are still in Classroom, each once.

    `accesses` are the viewer's own ways into it, with their accounts; staff see everybody's.
    """

    videos: int = 0
    held: int = 0
    accesses: tuple[CourseAccess, ...] = ()

    @property
    def synced_at(self) -> datetime | None:
        return max((one.synced_at for one in self.accesses if one.synced_at), default=None)

    @property
    def credentials(self) -> list[Credential]:
        return [one.credential for one in self.accesses]

    @property
    def problem(self) -> str:
        """Why its last reading failed, unless another account could read it."""
        problems = [one.problem for one in self.accesses]
        return problems[0] if problems and all(problems) else ""


NOTHING = Figures()


@dataclass(frozen=True, slots=True)
class Sizes(Figures):
    """More of one course: bytes are of videos not held yet, `unknown` how many tell no size."""

    known_bytes: int = 0
    unknown: int = 0

    @property
    def missing(self) -> int:
        return self.videos - self.held


def list_courses(*, user: User, filter: CourseFilter = EVERYTHING) -> QuerySet[Course]:
    """Newest first."""
    found = Course.objects.visible_to(user)
    through = accesses(user=user)
    wanted = {
        "credential_id": filter.credential_id,
        "credential__tenant_id": filter.tenant_id or None,
    }
    if given := {name: value for name, value in wanted.items() if value is not None}:
        found = found.filter(id__in=through.filter(**given).values("course_id"))
    if filter.state:
        found = found.filter(state=filter.state)
    for word in normalise(filter.search).split():
        found = found.filter(search_text__contains=word)
    return found.order_by("-id")


def get_course(*, user: User, course_id: Key) -> Course:
    """:raises NotFound: there is none, or no account of theirs gives it"""
    course = Course.objects.visible_to(user).filter(**lookup(course_id)).first()
    if course is None:
        raise NotFound
    return course


def accesses(*, user: User) -> QuerySet[CourseAccess]:
    """The ways into courses that are open to this person; to staff all."""
    through = CourseAccess.objects
    return through.open() if user.is_admin else through.of(user)


def figures_of(*, user: User, courses: Iterable[Course]) -> dict[int, Figures]:
    """By the course's number; two queries however many courses."""
    ids = [course.pk for course in courses]
    found = dict.fromkeys(ids, NOTHING)
    counted = in_course(user=user, course_ids=ids).values_list("coursework__course_id")
    each = Count("source_key", distinct=True)
    mine = Count("source_key", distinct=True, filter=Q(held_by(user)))
    for course_id, videos, had in counted.annotate(number=each, had=mine):
        found[course_id] = Figures(videos=videos, held=had)
    for access in _ways_into(user, ids):
        told = found[access.course_id]
        found[access.course_id] = replace(told, accesses=(*told.accesses, access))
    return found


def sizes_of(*, user: User, course: Course) -> Sizes:
    """Over all its videos, each once; and the viewer's ways into the course."""
    each = (
        in_course(user=user, course_ids=[course.pk])
        .values("source", "source_key")
        .annotate(size=Max("size_bytes"), had=held_by(user))
    )
    told = each.aggregate(
        videos=Count("source_key"),
        held=Count("source_key", filter=Q(had=True)),
        known_bytes=Sum("size", filter=Q(had=False), default=0),
        unknown=Count("source_key", filter=Q(had=False, size=None)),
    )
    return Sizes(accesses=_ways_into(user, [course.pk]), **told)


def _ways_into(user: User, course_ids: list[int]) -> tuple[CourseAccess, ...]:
    through = accesses(user=user).filter(course_id__in=course_ids).select_related("credential")
    return tuple(through.order_by("credential__email", "id"))


def list_topics(*, user: User, course: Course) -> QuerySet[Topic]:
    """In the order of Classroom."""
    visible = Course.objects.visible_to(user).filter(id=course.pk)
    return Topic.objects.filter(course__in=visible).order_by("position", "id")


def numbers_of(credential_ids: Collection[int]) -> dict[int, int]:
    """How many courses each of these accounts gives."""
    given = CourseAccess.objects.open().filter(credential__in=credential_ids)
    return dict(given.values_list("credential").annotate(Count("id")))
