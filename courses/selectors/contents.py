"""Reads of what else belongs to a course: its materials, and what changed in it."""

from django.db.models import Count, Max, QuerySet

from accounts.models import User
from core.errors import NotFound
from courses.models import Course, CourseChange, CourseFile, CourseMaterial, Coursework


def list_materials(*, user: User, course: Course) -> QuerySet[CourseMaterial]:
    """Newest first."""
    found = CourseMaterial.objects.filter(coursework__in=_visible(user, course))
    return found.select_related("coursework").order_by("-id")


def fetched(*, user: User, materials: list[CourseMaterial]) -> dict[int, CourseFile]:
    """Those of `materials` that were fetched for this person, by their numbers."""
    found = CourseFile.objects.filter(owner=user, material__in=materials)
    return {one.material_id: one for one in found.select_related("file")}


def get_file(*, user: User, material_id: int) -> CourseFile:
    """:raises NotFound: it was not fetched for this person"""
    found = CourseFile.objects.filter(owner=user, material_id=material_id)
    file = found.select_related("file").first()
    if file is None:
        raise NotFound
    return file


def list_changes(*, user: User, course: Course) -> QuerySet[CourseChange]:
    """Newest first."""
    found = CourseChange.objects.filter(coursework__in=_visible(user, course))
    return found.select_related("coursework").order_by("-id")


def state_of(*, user: User, course: Course) -> str:
    """Differs as soon as there is more to see than there was."""
    told = _visible(user, course).aggregate(
        number=Count("id", distinct=True), newest=Max("changes__id", default=0)
    )
    return f"{told['number']}-{told['newest']}"


def has_any(*, user: User) -> bool:
    """Whether this person sees any course at all."""
    return Course.objects.visible_to(user).exists()


def _visible(user: User, course: Course) -> QuerySet[Coursework]:
    return Coursework.objects.visible_to(user).filter(course=course)
