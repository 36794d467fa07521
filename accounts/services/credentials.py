"""Google accounts: checked, renewed, disconnected, brought along by integrators."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import connected, selectors, tenants
from accounts.deeds import Deed
from accounts.google.errors import GoogleError, Reason
from accounts.google.oauth import Account, Grant, TokenInfo
from accounts.models import Credential, CredentialStatus, User
from accounts.services import audit, connecting, grants, tokens
from accounts.services.grants import mark_needs_consent, store_grant
from core.crypto import Undecipherable
from core.errors import Invalid, NotFound, Unavailable

__all__ = [
    "ask_about_token",
    "check_credential",
    "disconnect_credential",
    "import_refresh_token",
    "mark_needs_consent",
    "refresh_credential",
    "store_grant",
]


def check_credential(*, by: User, credential: Credential) -> Credential:
    """As it stands after Google was asked whether the grant lives, and what it allows.

    :raises NotFound: it is somebody else's
    :raises Unavailable: Google cannot be asked, or its secrets cannot be opened
    """
    _may(by, credential)
    _patiently(lambda: _look(credential.pk))
    return _checked(by, credential)


def refresh_credential(*, by: User, credential: Credential) -> Credential:
    """As it stands after a new access token was taken.

    :raises NotFound: it is somebody else's
    :raises Unavailable: Google cannot be asked, or its secrets cannot be opened
    """
    _may(by, credential)
    _patiently(lambda: tokens.renew(credential_id=credential.pk))
    return _checked(by, credential)


def disconnect_credential(*, by: User, credential: Credential) -> bool:
    """Forget its tokens; the row stays, with what it brought. Answers whether Google was told.

    Revoking at Google ends every grant of that Google account to us, so it is only done when the
    account is connected nowhere else here. That Google cannot be reached is no obstacle.

    :raises NotFound: it is somebody else's
    """
    _may(by, credential)
    token = _token_to_revoke(credential)
    with transaction.atomic():
        rows = Credential.objects.filter(pk=credential.pk)
        moved = rows.exclude(status=CredentialStatus.REVOKED).update(
            secrets=None,
            status=CredentialStatus.REVOKED,
            expires_at=None,
            refreshing_until=None,
            refresh_after=None,
            last_error="",
        )
        if moved:
            grants.tell(_fresh(credential))
            owner_id, deed = credential.owner_id, Deed.CREDENTIAL_REVOKED
            audit.record(deed, by=by, target=credential, owner_id=owner_id)
            transaction.on_commit(partial(connected.announce_end, credential), robust=True)
    return bool(moved and token and not selectors.is_shared(credential) and _revoke(token))


@dataclass(frozen=True, slots=True)
class Vouched:
    """What Google says a refresh token is."""

    account: Account
    grant: Grant


def import_refresh_token(
    *, by: User, tenant_id: str, refresh_token: str, found: Vouched | None = None
) -> Credential:
    """Connect an account by a refresh token that our own Google client was given.

    Who is in a transaction asks Google before (`ask_about_token`) and brings what was `found`.

    :raises Invalid, Unavailable, Conflict: see ask_about_token
    """
    if found is None:
        found = ask_about_token(by=by, tenant_id=tenant_id, refresh_token=refresh_token)
    return store_grant(owner=by, tenant_id=tenant_id, account=found.account, grant=found.grant)


def ask_about_token(*, by: User, tenant_id: str, refresh_token: str) -> Vouched:
    """Whose it is and what it allows is Google's word, not the caller's.

    :raises Invalid: Google refuses the token, or it was issued to another client
    :raises Unavailable: Google cannot be asked
    :raises Conflict: this site has no Google client
    """
    connecting.require_configured()
    tenants.check(by=by, tenant_id=tenant_id)
    try:
        with tokens.google_session() as session:
            oauth = tokens.oauth(session)
            grant = oauth.refresh(refresh_token)
            told = oauth.token_info(grant.access_token)
    except GoogleError as error:
        raise _import_refusal(error) from None
    if told.audience != oauth.client_id or not told.sub:
        raise Invalid(
            _("This token was issued to another Google client than this site's."),
            code="foreign_client",
        )
    rotated = grant.refresh_token or refresh_token
    complete = replace(grant, refresh_token=rotated, scopes=told.scopes)
    return Vouched(Account(sub=told.sub, email=told.email), complete)


def _may(by: User, credential: Credential) -> None:
    if not Credential.objects.visible_to(by).filter(pk=credential.pk).exists():
        raise NotFound


def _checked(by: User, credential: Credential) -> Credential:
    now = _fresh(credential)
    deed = Deed.CREDENTIAL_CHECKED
    audit.record(deed, by=by, target=now, owner_id=now.owner_id, status=now.status)
    return now


def _fresh(credential: Credential) -> Credential:
    return Credential.objects.get(pk=credential.pk)


def _patiently(ask: Callable[[], None]) -> None:
    """A dead grant is an answer, which by now stands in the row; Google's silence is none."""
    try:
        ask()
    except GoogleError as error:
        if error.reason != Reason.NEEDS_CONSENT:
            raise _away() from None
    except Undecipherable:
        raise Unavailable(
            _("The stored secret cannot be opened: ENCRYPTION_KEY has changed. Reconnect it."),
            code="undecipherable",
        ) from None


def _look(credential_id: int) -> None:
    told = _told_of(credential_id)
    rows = Credential.objects.usable().select_for_update()
    with transaction.atomic():
        credential = rows.filter(pk=credential_id, google_sub=told.sub).first()
        if credential is None or not told.scopes:
            return
        credential.granted_scopes = sorted(set(told.scopes))
        credential.email = told.email or credential.email
        credential.save(update_fields=["granted_scopes", "email"])
        grants.tell(credential)


def _told_of(credential_id: int) -> TokenInfo:
    """What Google says of the account's token; of a new one if the stored one is dead."""
    token = tokens.access_token(credential_id=credential_id)
    with tokens.google_session() as session:
        oauth = tokens.oauth(session)
        try:
            return oauth.token_info(token)
        except GoogleError as error:
            if error.reason != Reason.NEEDS_CONSENT:
                raise
        return oauth.token_info(tokens.access_token(credential_id=credential_id, refused=token))


def _token_to_revoke(credential: Credential) -> str:
    """ "" for one that has none, or whose secrets cannot be opened any more."""
    try:
        held = Credential.objects.get(pk=credential.pk)
        return tokens.opened(held).get("refresh_token", "")
    except Undecipherable:
        return ""


def _revoke(token: str) -> bool:
    try:
        with tokens.google_session() as session:
            tokens.oauth(session).revoke(token)
    except GoogleError:
        return False
    return True


def _import_refusal(error: GoogleError) -> Invalid | Unavailable:
    if error.is_transient:
        return _away()
    return Invalid(
        _("Google does not accept this refresh token."),
        code="refresh_token_refused",
        errors={"refresh_token": [_("Google does not accept it.")]},
    )


def _away() -> Unavailable:
    return Unavailable(
        _("Google does not answer right now. Try again in a moment."), code="google_unreachable"
    )
