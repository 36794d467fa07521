"""Access tokens: as stored while they are fresh, renewed by exactly one of all workers.

The lock is a column that is taken by a conditional update and lapses by itself, because a
transaction must never wait for the network. Whoever finds it taken looks again until the new token
is there.
"""

import random
import time
from datetime import timedelta

import requests
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import calls
from accounts.deeds import Deed
from accounts.google import http
from accounts.google.errors import GoogleError, Reason
from accounts.google.oauth import Grant, OAuth
from accounts.models import Credential
from accounts.services import audit, grants
from core.crypto import Undecipherable
from core.database import database_now

FRESH = timedelta(seconds=225)

# With less than that left, an old token serves nobody, not even while no new one is to be had.
_USABLE = timedelta(seconds=30)
_LOCKED_FOR = timedelta(seconds=20)  # more than a call to Google can take
_WAIT_SECONDS = 25.0
_BACK_OFF_SECONDS = 30.0
# A token that is refused right after it was renewed: another one would be refused as well.
_SETTLING_SECONDS = 10.0


def access_token(*, credential_id: int, refused: str = "") -> str:
    """A token that Google accepts; `refused` is one that it has just not.

    :raises GoogleError: NEEDS_CONSENT when only the owner can help, or a transient one
    """
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        credential = _usable(credential_id)
        spare = _stored(credential, refused, _USABLE)
        if spare and _stored(credential, refused, FRESH):
            return spare
        obstacle = _obstacle(credential, refused)
        if obstacle is None and _lock(credential):
            if token := _renew(credential):
                return token
        elif spare:
            return spare
        elif obstacle or time.monotonic() > deadline:
            raise obstacle or GoogleError(Reason.UNREACHABLE, "renewal takes long", retry_after=5)
        time.sleep(random.uniform(0.05, 0.1))  # noqa: S311 - no secret


def renew(*, credential_id: int) -> None:
    """Take a new token although the stored one may still be good.

    :raises GoogleError: NEEDS_CONSENT when only the owner can help, or a transient one
    """
    credential = _usable(credential_id)
    if _seconds_to_settle(credential) <= 0:
        access_token(credential_id=credential_id, refused=opened(credential)["access_token"])


def opened(credential: Credential) -> dict[str, str]:
    """Its secrets.

    :raises Undecipherable: they were sealed for another row
    """
    secrets: dict[str, str] = credential.secrets or {}
    if secrets and secrets.get("credential") != str(credential.public_id):
        raise Undecipherable("this secret was sealed for another account")
    return secrets


def google_session() -> requests.Session:
    """A session towards Google, the way the operator lets us out."""
    return http.session(
        proxy=settings.OUTBOUND_PROXY,
        ca_file=settings.OUTBOUND_CA_FILE,
        direct=settings.GOOGLE.api_root,
        tell=calls.tell,
    )


def oauth(session: requests.Session) -> OAuth:
    return OAuth(
        session, settings.GOOGLE, settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET
    )


def _usable(credential_id: int) -> Credential:
    credential = Credential.objects.usable().filter(pk=credential_id).first()
    if credential is None or not opened(credential):
        raise GoogleError(Reason.NEEDS_CONSENT, "the account is not connected")
    return credential


def _stored(credential: Credential, refused: str, left: timedelta) -> str:
    token = opened(credential)["access_token"]
    expires_at = credential.expires_at
    good = expires_at is not None and expires_at > timezone.now() + left
    return token if good and token != refused else ""


def _obstacle(credential: Credential, refused: str) -> GoogleError | None:
    """Why Google is not to be asked at this moment."""
    if credential.refresh_after and (wait := _seconds_until(credential)) > 0:
        return GoogleError(Reason.UNREACHABLE, credential.last_error, retry_after=wait)
    settling = _seconds_to_settle(credential)
    if refused and settling > 0:
        return GoogleError(Reason.UPSTREAM, "a new token was refused", retry_after=settling)
    return None


def _seconds_until(credential: Credential) -> float:
    after = credential.refresh_after
    return (after - timezone.now()).total_seconds() if after else 0.0


def _seconds_to_settle(credential: Credential) -> float:
    if credential.last_refreshed_at is None:
        return 0.0
    age = (timezone.now() - credential.last_refreshed_at).total_seconds()
    return _SETTLING_SECONDS - age


def _lock(credential: Credential) -> bool:
    """Whoever has read the row before another's failure was noted does not try after it."""
    free = Q(refreshing_until=None) | Q(refreshing_until__lt=database_now())
    due = Q(refresh_after=None) | Q(refresh_after__lte=timezone.now())
    same = grants.unchanged(credential)
    rows = Credential.objects.usable().filter(free, due, same, pk=credential.pk)
    return bool(rows.update(refreshing_until=database_now() + _LOCKED_FOR))


def _renew(credential: Credential) -> str:
    """The new token; "" if the account was reconnected or disconnected meanwhile."""
    refresh_token = opened(credential)["refresh_token"]
    try:
        with google_session() as session:
            grant = oauth(session).refresh(refresh_token)
    except GoogleError as error:
        if _note_failure(credential, error):
            raise
        return ""
    return _keep(credential, grant, grant.refresh_token or refresh_token)


def _keep(credential: Credential, grant: Grant, refresh_token: str) -> str:
    """Each token is written down once: whatever is done with the account needs one."""
    rows = Credential.objects.usable().filter(grants.unchanged(credential), pk=credential.pk)
    with transaction.atomic():
        kept = rows.update(
            secrets=grants.sealed(credential, grant.access_token, refresh_token),
            expires_at=grants.expiry(grant),
            last_refreshed_at=timezone.now(),
            refreshing_until=None,
            refresh_after=None,
            last_error="",
        )
        if kept:
            used = Deed.CREDENTIAL_USED
            audit.record(used, by=None, target=credential, owner_id=credential.owner_id)
    return grant.access_token if kept else ""


def _note_failure(credential: Credential, error: GoogleError) -> bool:
    """Answers whether the failure still concerns the account as it is now."""
    if error.reason == Reason.NEEDS_CONSENT:
        return grants.mark_needs_consent(
            credential_id=credential.pk, detail=error.detail, seen=credential
        )
    wait = max(error.retry_after or 0.0, _BACK_OFF_SECONDS)
    rows = Credential.objects.filter(grants.unchanged(credential), pk=credential.pk)
    with transaction.atomic():
        return bool(
            rows.update(
                refreshing_until=None,
                refresh_after=timezone.now() + timedelta(seconds=wait),
                last_error=error.detail[:255],
            )
        )
