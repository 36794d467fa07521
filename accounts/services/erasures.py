"""Erasing accounts as a background job: it may be interrupted anywhere, and is begun again."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction

from accounts import selectors
from accounts.deeds import Deed
from accounts.google.errors import GoogleError
from accounts.models import Credential, CredentialStatus, Erasure, User
from accounts.services import audit, tokens
from core import privacy
from core.crypto import Undecipherable
from core.database import database_now, read_clock
from core.jobs import lifecycle
from core.jobs.kind import Beat, Ended, InlineKind, Move, PutBack
from core.models import JobQuerySet, Status

# Google is asked to take its grants back; one that does not answer for so long keeps nobody here.
PATIENCE = timedelta(days=1)
AGAIN_AFTER = timedelta(hours=1)

_GOOGLE_AWAY = PutBack("google_unreachable", 60.0)


class ErasureKind(InlineKind[Erasure]):
    """Its row says who, until nobody is left; its moves are not recorded."""

    def rows(self) -> JobQuerySet[Erasure]:
        return Erasure.objects.all()

    def moved(self, moves: Sequence[Move[Erasure]], reason: str, actor: str) -> None: ...

    def obstacle(self) -> str:
        return ""

    def plan(self) -> None:
        """What was promised is done: one that failed is tried again until it is."""
        failed = Erasure.objects.filter(
            status=Status.FAILED, finished_at__lt=database_now() - AGAIN_AFTER
        )
        lifecycle.requeue(self, list(failed.values_list("pk", flat=True)), actor="system")

    def work(self, job: Erasure, beat: Beat) -> dict[str, Any]:
        person = User.objects.filter(erasure=job).first()
        if person is None:  # all was done, and only the end of it not written down
            return {}
        for credential in Credential.objects.filter(owner=person, secrets__isnull=False):
            _take_back(job, person, credential)
            beat()
        for data in privacy.everything():
            data.erase(person.pk, beat)
        _forget(job, person)
        return {}


ERASURES = ErasureKind()


def begin(*, person: User, by: User) -> Erasure:
    """In the transaction that closes the account."""
    erasure = Erasure.objects.create(
        person=person,
        pseudonym=f"erased-{secrets.token_hex(6)}",
        asked_by_themselves=by.pk == person.pk,
        available_at=database_now(),
    )
    erasure.refresh_from_db()
    return erasure


def _take_back(job: Erasure, person: User, credential: Credential) -> None:
    """At Google too, unless the same account is connected here by somebody else.

    :raises Ended: Google is away, so that this has to wait
    """
    token = _token(credential)
    if token and not selectors.is_shared(credential):
        _revoke(job, token)
    with transaction.atomic():
        Credential.objects.filter(pk=credential.pk).update(
            secrets=None, status=CredentialStatus.REVOKED, expires_at=None
        )
        audit.record(Deed.CREDENTIAL_REVOKED, by=None, target=credential, owner_id=person.pk)


def _token(credential: Credential) -> str:
    """ "" if no key opens it any more."""
    try:
        return tokens.opened(credential).get("refresh_token", "")
    except Undecipherable:
        return ""


def _revoke(job: Erasure, token: str) -> None:
    try:
        with tokens.google_session() as session:
            tokens.oauth(session).revoke(token)
    except GoogleError as error:
        if error.is_transient and read_clock() - job.created_at < PATIENCE:
            raise Ended(_GOOGLE_AWAY) from None


@transaction.atomic
def _forget(job: Erasure, person: User) -> None:
    """What is left of a person: a pseudonym in the audit trail."""
    audit.pseudonymise(user_id=person.pk, pseudonym=job.pseudonym)
    person.delete()
