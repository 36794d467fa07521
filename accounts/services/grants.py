"""What Google granted: kept when it is given, marked when it is lost."""

from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import connected
from accounts.deeds import Deed
from accounts.google.oauth import Account, Grant
from accounts.models import Credential, CredentialStatus, User
from accounts.services import audit, notices
from core import events, queue

_NAME_LENGTH = 200
_ERROR_LENGTH = 255


class NoRefreshToken(Exception):
    """Google sent no refresh token and none is kept: it has to be asked with prompt=consent."""


@transaction.atomic
def store_grant(*, owner: User, tenant_id: str, account: Account, grant: Grant) -> Credential:
    """Connect the account, or reconnect it; the first synchronisation follows on commit.

    :raises NoRefreshToken: nothing was changed
    """
    # The old secrets stay unread unless needed: reconnecting mends also what no key opens.
    rows = Credential.objects.select_for_update()
    credential, is_new = rows.get_or_create(
        owner=owner, tenant_id=tenant_id, google_sub=account.sub
    )
    refresh_token = grant.refresh_token or ("" if is_new else _kept(credential))
    if not refresh_token:
        raise NoRefreshToken
    _take_over(credential, account)
    credential.secrets = sealed(credential, grant.access_token, refresh_token)
    credential.granted_scopes = sorted(set(grant.scopes))
    credential.expires_at = expiry(grant)
    credential.save()
    transaction.on_commit(partial(connected.announce, credential), robust=True)
    queue.wake_workers()
    tell(credential)
    made = Deed.CREDENTIAL_CONNECTED
    audit.record(made, by=owner, target=credential, owner_id=owner.pk, new=is_new)
    return credential


@transaction.atomic
def mark_needs_consent(*, credential_id: int, detail: str, seen: Credential | None = None) -> bool:
    """The grant is dead: everything that needs it waits, and its owner hears of it, once.

    `seen`: only if it is still as it was then. Answers whether this was the one to mark it.
    """
    rows = Credential.objects.filter(pk=credential_id, status=CredentialStatus.ACTIVE)
    moved = rows.filter(unchanged(seen) if seen else Q()).update(
        status=CredentialStatus.NEEDS_CONSENT,
        last_error=detail[:_ERROR_LENGTH],
        refreshing_until=None,
        refresh_after=None,
    )
    if moved:
        credential = Credential.objects.get(pk=credential_id)
        transaction.on_commit(partial(notices.send_needs_consent, credential_id))
        tell(credential)
        lapsed = Deed.CREDENTIAL_LAPSED
        audit.record(lapsed, by=None, target=credential, owner_id=credential.owner_id)
    return bool(moved)


def unchanged(credential: Credential) -> Q:
    """Neither renewed nor reconnected since this was read."""
    return Q(connected_at=credential.connected_at, last_refreshed_at=credential.last_refreshed_at)


def sealed(credential: Credential, access_token: str, refresh_token: str) -> dict[str, str]:
    """The secrets as they are kept: with the name of the row they belong to."""
    return {
        "credential": str(credential.public_id),
        "access_token": access_token,
        "refresh_token": refresh_token,
    }


def expiry(grant: Grant) -> datetime:
    return timezone.now() + timedelta(seconds=grant.lifetime_seconds)


def tell(credential: Credential) -> None:
    """Within the transaction that changed it."""
    events.record(
        topic=f"credential.{credential.pk}",
        type="credential_update",
        owner_id=credential.owner_id,
        data={
            "id": credential.pk,
            "email": credential.email,
            "status": credential.status,
            "is_active": credential.is_active,
        },
    )


def _take_over(credential: Credential, account: Account) -> None:
    """Whose it is, and that all is well with it from now on."""
    credential.email = account.email
    credential.name = account.name[:_NAME_LENGTH] or credential.name
    credential.hosted_domain = account.hosted_domain or credential.hosted_domain
    credential.client_id = settings.GOOGLE_CLIENT_ID
    credential.status = CredentialStatus.ACTIVE
    credential.last_error = ""
    credential.refreshing_until = credential.refresh_after = None
    credential.connected_at = timezone.now()


def _kept(credential: Credential) -> str:
    """The refresh token that is still good, if there is one."""
    if credential.status != CredentialStatus.ACTIVE:
        return ""
    return str((credential.secrets or {}).get("refresh_token", ""))
