"""What is no longer in Classroom, told by a list that was read to its end."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from courses.models import Change, CourseChange, Coursework, CourseworkState
from courses.services.locking import lock_course
from courses.services.writing import View, name_of

_AT_ONCE = 500


def mark_gone(*, view: View, kinds: tuple[str, ...], began: datetime, individual: set[int]) -> int:
    """Mark coursework of these kinds that nobody has seen since `began`; how many changes.

    A student sees neither drafts nor what is for others, and where a teacher's account shows the
    course it is that one which tells. `individual` is what the student saw of such work.
    """
    if not view.teaches:
        _unassign(view, kinds, individual)
    if view.poorer:
        return 0
    missing = Coursework.objects.filter(
        course=view.access.course_id, kind__in=kinds, gone_at=None, seen_at__lt=began
    )
    if not view.teaches:
        missing = missing.filter(state=CourseworkState.PUBLISHED, individual=False)
    total = 0
    while marked := _mark_some(view.access.course_id, missing.order_by("id")):
        total += marked
    return total


def _mark_some(course_id: int, missing: QuerySet[Coursework]) -> int:
    with transaction.atomic():
        lock_course(course_id)
        rows = list(missing[:_AT_ONCE])
        now = timezone.now()
        Coursework.objects.filter(id__in=[row.pk for row in rows]).update(gone_at=now)
        CourseChange.objects.bulk_create(
            CourseChange(
                course_id=course_id,
                coursework=row,
                change=Change.GONE,
                what="coursework",
                title=name_of(row),
                at=now,
            )
            for row in rows
        )
        return len(rows)


def _unassign(view: View, kinds: tuple[str, ...], seen: set[int]) -> None:
    through = Coursework.assigned_to.through.objects.filter(
        courseaccess=view.access.pk, coursework__kind__in=kinds
    )
    gone = set(through.values_list("coursework_id", flat=True)) - seen
    if gone:
        through.filter(coursework_id__in=gone).delete()
