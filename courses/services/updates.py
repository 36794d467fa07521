"""A synchronisation as those who watch it are told: one shape for progress and for moves."""

from datetime import datetime
from typing import Any

from accounts.models import Credential
from core import events
from core.models import Status
from courses.models import Course, CourseAccess, Sync
from courses.problems import explain


def update_of(sync: Sync) -> dict[str, Any]:
    """Everything a page needs to draw it anew; facts not known are None."""
    failed = sync.status == Status.FAILED
    return {
        "id": sync.pk,
        "credential_id": sync.credential_id,
        "course_id": sync.course_id,
        "status": sync.status,
        "courses_total": sync.courses_total,
        "courses_done": sync.courses_done,
        "items_seen": sync.items_seen,
        "videos_found": sync.videos_found,
        "changes": sync.changes,
        "now_reading": sync.now_reading or None,
        "error_code": sync.error_code or None,
        "error_message": str(explain(sync.error_code).message) if failed else None,
        "started_at": _iso(sync.started_at),
        "finished_at": _iso(sync.finished_at),
    }


def show(sync: Sync) -> None:
    """Progress, which the next message replaces."""
    events.publish(
        topic=f"sync.{sync.pk}",
        type="sync_update",
        owner_id=sync.credential.owner_id,
        data=update_of(sync),
    )


def record(sync: Sync) -> None:
    """A move, in its transaction. It does not depend on secrets that can be opened."""
    owners = Credential.objects.filter(pk=sync.credential_id).values_list("owner_id", flat=True)
    events.record(
        topic=f"sync.{sync.pk}",
        type="sync_update",
        owner_id=owners.get(),
        data=update_of(sync),
    )


def record_course(course: Course, *, through: CourseAccess, changed: bool) -> None:
    """A course was read: its reader hears of it, and if it changed everybody who sees it."""
    owners = {through.credential.owner_id: through.credential_id}
    if changed:
        others = CourseAccess.objects.open().filter(course=course)
        for owner_id, credential_id in others.values_list("credential__owner", "credential"):
            owners.setdefault(owner_id, credential_id)
    for owner_id, credential_id in sorted(owners.items()):
        events.record(
            topic=f"course.{course.pk}",
            type="course_update",
            owner_id=owner_id,
            data={"id": course.pk, "credential_id": credential_id},
        )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
