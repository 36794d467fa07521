"""Which of a person's own Google accounts fetches something. Never anybody else's, for nobody."""

from collections.abc import Collection

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.google.scopes import Capability
from accounts.models import Credential, CredentialStatus, User
from accounts.models.credential import CredentialQuerySet
from core.errors import Conflict, Invalid, NotFound
from core.models import Status
from courses.models import Course, CourseAccess
from downloads.models import Download


def own_credential(*, user: User, credential_id: int) -> Credential:
    """:raises NotFound: this person has connected no such account"""
    credential = _own(user).filter(id=credential_id).first()
    if credential is None:
        raise NotFound
    return credential


def into_course(*, user: User, course: Course) -> list[Credential]:
    """The own accounts that see a course; the one that can do most comes first."""
    accesses = CourseAccess.objects.open().filter(course=course, credential__owner=user)
    found = _own(user).filter(id__in=accesses.values("credential_id"))
    return sorted(found, key=_by_use)


def choose(*, user: User, course: Course, credential_id: int | None = None) -> Credential:
    """The named own account, or else the one that can do most in the course.

    :raises NotFound: this person has connected no such account
    :raises Invalid: it does not see the course
    :raises Conflict: no account of this person does
    """
    ways = into_course(user=user, course=course)
    if credential_id is None:
        if not ways:
            raise Conflict(_("None of your Google accounts sees this course."), code="no_account")
        return ways[0]
    credential = own_credential(user=user, credential_id=credential_id)
    if credential not in ways:
        message = _("This Google account does not see the course.")
        raise Invalid(
            message, code="credential_without_course", errors={"credential_id": [message]}
        )
    return credential


def waiting_for_consent(*, user: User) -> QuerySet[Credential]:
    """The own accounts that have to be connected again, each with how much waits for that."""
    waits = Count("downloads", filter=Q(downloads__status=Status.QUEUED))
    found = _own(user).filter(status=CredentialStatus.NEEDS_CONSENT)
    return found.annotate(waiting=waits).order_by("email", "id")


def waiting_of(credential_ids: Collection[int]) -> dict[int, int]:
    """How many downloads of each of these accounts are queued."""
    queued = Download.objects.filter(status=Status.QUEUED, credential__in=credential_ids)
    return dict(queued.order_by().values_list("credential").annotate(Count("id")))


def _own(user: User) -> CredentialQuerySet:
    return Credential.objects.own(user).connected()


def _by_use(credential: Credential) -> tuple[bool, bool, int]:
    return (
        not credential.is_active,
        not credential.may(Capability.DRIVE_READ),
        credential.pk,
    )
