"""Figures beside the rows of the back office; the database counts them for the rows shown only."""

from typing import Any

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from courses.models import Course, CourseAccess, CourseMaterial, CourseVideo, Coursework


def with_figures(found: QuerySet[Course]) -> QuerySet[Course]:
    """`account_number`, `post_number`, `video_number` and `read_at`."""
    through = CourseAccess.objects.open()
    last = through.filter(course=OuterRef("pk")).order_by().values("course")
    return found.annotate(
        account_number=_number(through, "course"),
        post_number=_number(Coursework.objects.all(), "course"),
        video_number=_number(CourseVideo.objects.all(), "coursework__course"),
        read_at=Subquery(last.annotate(at=Max("synced_at")).values("at")),
    )


def with_contents(found: QuerySet[Coursework]) -> QuerySet[Coursework]:
    """`video_number` and `material_number`."""
    return found.annotate(
        video_number=_number(CourseVideo.objects.all(), "coursework"),
        material_number=_number(CourseMaterial.objects.all(), "coursework"),
    )


def _number(rows: QuerySet[Any], by: str) -> Coalesce:
    """How many of `rows` belong to the row that is listed."""
    of_row = rows.filter(**{by: OuterRef("pk")}).order_by().values(by)
    return Coalesce(Subquery(of_row.annotate(number=Count("pk")).values("number")), 0)
