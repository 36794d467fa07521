"""Reads of synchronisations, and through which accounts one can be asked for."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Credential, User
from accounts.models.credential import CredentialQuerySet
from core.errors import Conflict, NotFound
from core.models import Status
from courses.models import Course, CourseAccess, Sync
from courses.models.sync import SyncQuerySet


def list_syncs(*, user: User, credential_id: int | None = None) -> SyncQuerySet:
    """Newest first."""
    found = Sync.objects.visible_to(user).select_related("credential", "course")
    if credential_id is not None:
        found = found.filter(credential_id=credential_id)
    return found.order_by("-id")


def get_sync(*, user: User, sync_id: int) -> Sync:
    """:raises NotFound: there is none, or it is somebody else's"""
    sync = list_syncs(user=user).filter(id=sync_id).first()
    if sync is None:
        raise NotFound
    return sync


def under_way(*, user: User, course: Course | None = None) -> SyncQuerySet:
    """Those of this person's own accounts that wait or run; with `course` those that read it."""
    found = list_syncs(user=user).active().filter(credential__owner=user)
    if course is not None:
        through = CourseAccess.objects.of(user).filter(course=course).values("credential_id")
        found = found.filter(Q(course=course) | Q(course=None, credential__in=through))
    return found.order_by("id")


def failed(*, user: User) -> list[Sync]:
    """The last synchronisation of each of this person's accounts, where that failed."""
    last: dict[int, Sync] = {}
    recent = list_syncs(user=user).filter(credential__in=_connected(user), course=None)
    for sync in recent.exclude(status=Status.CANCELLED)[:50]:
        last.setdefault(sync.credential_id, sync)
    return [sync for sync in last.values() if sync.status == Status.FAILED]


def has_account(*, user: User) -> bool:
    return _connected(user).exists()


def to_sync(
    *, user: User, credential_id: int | None = None, course: Course | None = None
) -> list[Credential]:
    """The accounts to read through: the one named, or all of this person's that can be used.

    :raises NotFound: no such account, or it does not give this course
    :raises Conflict: none is named, and none can be used
    """
    if credential_id is not None:
        return [_named(user, credential_id, course)]
    if course is not None:
        found = readers(user=user, course=course)
    else:
        found = list(_connected(user).usable().order_by("id"))
    if not found:
        raise Conflict(_("No connected Google account can read this now."), code="no_account")
    return found


def readers(*, user: User, course: Course) -> list[Credential]:
    """The accounts of this person, for staff of anybody, that can read this course now."""
    found = Credential.objects.visible_to(user).usable()
    return list(found.filter(id__in=_ways_into(course)).order_by("id"))


def _named(user: User, credential_id: int, course: Course | None) -> Credential:
    found = Credential.objects.visible_to(user).connected().filter(id=credential_id)
    if course is not None:
        found = found.filter(id__in=_ways_into(course))
    credential = found.first()
    if credential is None:
        raise NotFound
    return credential


def _ways_into(course: Course) -> QuerySet[CourseAccess, int]:
    return (
        CourseAccess.objects.open().filter(course=course).values_list("credential_id", flat=True)
    )


def _connected(user: User) -> CredentialQuerySet:
    return Credential.objects.own(user).connected()
