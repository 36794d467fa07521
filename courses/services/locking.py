"""Accounts that see the same course write into it one after the other."""

from courses.models import Course


def lock_course(course_id: int) -> None:
    """Until the end of the transaction; taken before anything below the course.

    Not its key: what others write that refers to the course need not wait.
    """
    Course.objects.select_for_update(no_key=True).only("id").get(id=course_id)
