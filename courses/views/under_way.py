"""What the pages tell of synchronisations that have not ended."""

from typing import Any

from accounts.models import User
from courses.models import Course
from courses.selectors import syncs


def syncs_of(user: User, course: Course | None = None) -> dict[str, Any]:
    """`reading`: one gets on by itself. One that waits for its account keeps no other from it."""
    found = list(syncs.under_way(user=user, course=course))
    return {"syncs": found, "reading": any(sync.credential.is_active for sync in found)}
