"""What a person, or the clock, can ask for: read an account's courses, or stop it."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.deeds import Deed
from accounts.google.errors import Reason
from accounts.google.scopes import Capability
from accounts.models import Credential, CredentialStatus, User
from accounts.services import audit
from core import queue
from core.database import database_now
from core.errors import Conflict, NotFound
from core.jobs import lifecycle
from core.jobs.kind import Beat, InlineKind, Move
from core.models import JobQuerySet, Status
from courses import problems
from courses.models import Course, CourseAccess, Sync
from courses.services import planning, reading, updates

_PASSING = (problems.of_reason(Reason.UNREACHABLE), problems.of_reason(Reason.UPSTREAM))


class SyncKind(InlineKind[Sync]):
    def rows(self) -> JobQuerySet[Sync]:
        # Secrets that no key opens must not keep the jobs of other accounts from being taken.
        return Sync.objects.select_related("credential", "course")

    def moved(self, moves: Sequence[Move[Sync]], reason: str, actor: str) -> None:
        for move in moves:
            updates.record(move.job)

    def obstacle(self) -> str:
        return ""

    def plan(self) -> None:
        planning.make_due()

    def work(self, job: Sync, beat: Beat) -> dict[str, Any]:
        return reading.read_account(job, beat)


SYNCS = SyncKind()


def request_sync(
    *, by: User, credential: Credential, course: Course | None = None, full: bool = False
) -> Sync:
    """Read an account's courses, or one of them; one that is under way already is found again.

    :raises NotFound: the account is somebody else's, or does not give this course
    :raises Conflict: the account cannot be read from
    """
    _check(by, credential, course)
    try:
        with transaction.atomic():
            sync = _under_way(credential, course, full=full) or _queued(
                by, credential, course, full=full
            )
            deed, owner_id = Deed.CREDENTIAL_USED, credential.owner_id
            audit.record(deed, by=by, target=credential, owner_id=owner_id, for_sync=sync.pk)
    except IntegrityError:  # the same request came twice at once, and the other one won
        twins = Sync.objects.active().select_related("credential").filter(credential=credential)
        twin = twins.first()
        if twin is None:
            raise
        return twin
    queue.wake_workers()
    return sync


def cancel_sync(*, by: User, sync: Sync) -> None:
    """Stop it; what it has read stays. One that has ended is left as it is.

    :raises NotFound: it is somebody else's
    """
    if not Sync.objects.visible_to(by).filter(id=sync.pk).exists():
        raise NotFound
    lifecycle.cancel(SYNCS, [sync.pk], actor=f"user:{by.pk}")
    sync.refresh_from_db()


def start_first(credential: Credential) -> None:
    """An account was connected, or may do more than before: everything is read."""
    if not (credential.is_active and credential.may(Capability.LIST_COURSES)):
        return
    sync = request_sync(by=credential.owner, credential=credential, full=True)
    waiting = Sync.objects.filter(id=sync.pk, status=Status.QUEUED)
    waiting.update(available_at=database_now(), wait_reason="")


def stop_all(credential: Credential) -> None:
    """An account was disconnected: what would read through it has nothing to wait for."""
    active = Sync.objects.active().filter(credential=credential)
    lifecycle.cancel(SYNCS, list(active.values_list("id", flat=True)), actor="system")


def _check(by: User, credential: Credential, course: Course | None) -> None:
    if not (by.is_admin or credential.owner_id == by.pk):
        raise NotFound
    if credential.status == CredentialStatus.NEEDS_CONSENT:
        raise Conflict(_("Connect this Google account again first."), code="needs_consent")
    if not credential.is_active:
        raise Conflict(_("This Google account is not connected."), code="not_connected")
    if not credential.may(Capability.LIST_COURSES):
        message = _("This Google account has not given permission to see its courses.")
        raise Conflict(message, code="missing_scope")
    accesses = CourseAccess.objects.open().filter(credential=credential, course=course)
    if course is not None and not accesses.exists():
        raise NotFound


def _under_way(credential: Credential, course: Course | None, *, full: bool) -> Sync | None:
    """The one there is; while it has not begun it can still become what is wanted now."""
    rows = Sync.objects.select_for_update(of=("self",)).select_related("credential")
    sync = rows.filter(id__in=Sync.objects.active().filter(credential=credential)).first()
    if sync is not None and sync.status == Status.QUEUED:
        wider = None if sync.course_id != getattr(course, "pk", None) else sync.course
        more: dict[str, Any] = {"course": wider, "full": sync.full or full}
        if sync.error_code in _PASSING:  # somebody is there who wants to see whether it goes now
            more["available_at"] = database_now()
        Sync.objects.filter(id=sync.pk, status=Status.QUEUED).update(**more)
        sync.refresh_from_db()
    return sync


def _queued(by: User, credential: Credential, course: Course | None, *, full: bool) -> Sync:
    sync = Sync.objects.create(
        credential=credential,
        course=course,
        full=full,
        requested_by=by,
        available_at=database_now(),
    )
    sync.refresh_from_db(fields=["available_at"])
    updates.record(sync)
    return sync
