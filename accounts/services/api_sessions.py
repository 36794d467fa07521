"""Sign-ins of programs: begun with a password, renewed by refresh tokens, ended at will.

Only the newest refresh token of a session is good. An older one has been copied by somebody, or
was kept by a program that lost the answer: nobody can tell, so the whole session ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from accounts.deeds import Deed
from accounts.models import ApiSession, User
from accounts.services import audit
from accounts.signed_tokens import Claims, Kind, make, new_id, read
from core import circumstances
from core.circumstances import Means
from core.errors import NotFound, Unauthenticated
from core.text import printable

# Two tabs of one portal renew at the same time, and neither is a thief.
TABS = timedelta(seconds=10)
LONGEST = timedelta(days=90)
NOTED_EVERY = timedelta(minutes=1)
AGENT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a program is given; `expires_in` is how many seconds `access` is good for."""

    access: str
    refresh: str
    expires_in: int


@transaction.atomic
def begin(*, user: User, address: str, agent: str) -> Tokens:
    """Sign a program in. Who it is has been proved already.

    :raises Unauthenticated: meanwhile the account was closed, or erased
    """
    now = timezone.now()
    if not User.objects.filter(pk=user.pk, is_active=True).update(last_login=now):
        raise Unauthenticated(_("This account is closed. Ask staff."), code="account_closed")
    user.last_login = now
    session = ApiSession.objects.create(
        owner=user,
        auth_hash=user.get_session_auth_hash(),
        refresh_id=new_id(),
        expires_at=now + timedelta(seconds=settings.JWT_REFRESH_SECONDS),
        address=address or None,
        agent=printable(agent)[:AGENT_LENGTH],
    )
    circumstances.came_by(Means.TOKEN, str(session))
    audit.record(Deed.SIGNED_IN, by=user, target=session, owner_id=user.pk)
    return _tokens(session, session.refresh_id)


def renew(*, refresh: str) -> Tokens:
    """New tokens for the newest refresh token, which is thereby used up.

    :raises Unauthenticated: it is not good, or no longer (`token_reused`: its session has ended)
    """
    claims = read(Kind.REFRESH, refresh)
    session = _living(claims)
    if claims is None or session is None:
        raise _refusal()
    next_id = new_id()
    if _rotate(session, claims.token_id, next_id):
        return _tokens(session, next_id)
    _refuse_old(session, claims.token_id)
    raise _refusal()


def read_access(token: str) -> ApiSession | None:
    """The session, with its owner, that an access token speaks for; notes its use sometimes."""
    session = _living(read(Kind.ACCESS, token))
    if session is not None:
        _note_use(session)
    return session


def still_good(ids: Sequence[int]) -> set[int]:
    """Those of these sessions that have not ended."""
    if not ids:
        return set()
    found = ApiSession.objects.usable().select_related("owner").filter(pk__in=ids)
    return {session.pk for session in found if _same_password(session)}


def end(*, session: ApiSession | None = None, refresh: str = "") -> None:
    """Sign out. A refresh token that is good for nothing has nothing to end."""
    session = session or _living(read(Kind.REFRESH, refresh))
    if session is not None:
        with transaction.atomic():
            if _revoke(session, "signed_out"):
                audit.record(
                    Deed.SIGNED_OUT, by=session.owner, target=session, owner_id=session.owner_id
                )


def end_one(*, by: User, session_id: int) -> None:
    """End one of one's own sessions.

    :raises NotFound: there is none, or it is somebody else's
    """
    session = ApiSession.objects.visible_to(by).usable().filter(pk=session_id).first()
    if session is None:
        raise NotFound
    with transaction.atomic():
        _revoke(session, "ended")
        audit.record(Deed.SESSIONS_ENDED, by=by, target=session, owner_id=by.pk, number=1)


@transaction.atomic
def end_all(*, user: User, but: ApiSession | None = None, why: str, by: User | None = None) -> int:
    """End every session of a person; `but` is the one that asks. Returns how many there were."""
    living = ApiSession.objects.filter(owner=user, revoked_at=None)
    if but is not None:
        living = living.exclude(pk=but.pk)
    number = living.update(revoked_at=timezone.now(), revoked_for=why)
    if number:
        audit.record(
            Deed.SESSIONS_ENDED, by=by, target=user, owner_id=user.pk, number=number, why=why
        )
    return number


def carry_over(*, session: ApiSession, user: User) -> None:
    """Their new password was set by this session, which therefore lives on."""
    ApiSession.objects.filter(pk=session.pk).update(auth_hash=user.get_session_auth_hash())


def _living(claims: Claims | None) -> ApiSession | None:
    """The session of a token, while its owner may sign in and has not changed the password."""
    if claims is None:
        return None
    found = ApiSession.objects.usable().select_related("owner").filter(public_id=claims.session)
    session = found.first()
    if session is None or session.owner_id != claims.user_id or not _same_password(session):
        return None
    return session


def _same_password(session: ApiSession) -> bool:
    owner = session.owner
    good = [owner.get_session_auth_hash(), *owner.get_session_auth_fallback_hash()]
    return any(constant_time_compare(session.auth_hash, one) for one in good)


def _rotate(session: ApiSession, token_id: str, next_id: str) -> bool:
    """Of those who come with the same token at once, one moves the row."""
    now = timezone.now()
    newest = ApiSession.objects.filter(pk=session.pk, refresh_id=token_id, revoked_at=None)
    moved = newest.update(
        previous_id=F("refresh_id"),
        refresh_id=next_id,
        rotated_at=now,
        last_used_at=now,
        expires_at=_end_of(session, now),
    )
    return bool(moved)


def _end_of(session: ApiSession, now: datetime) -> datetime:
    fresh = now + timedelta(seconds=settings.JWT_REFRESH_SECONDS)
    return min(fresh, session.created_at + LONGEST)


def _refuse_old(session: ApiSession, token_id: str) -> None:
    session.refresh_from_db(fields=["previous_id", "rotated_at", "revoked_at"])
    if session.revoked_at:
        return
    if session.previous_id == token_id and timezone.now() - session.rotated_at <= TABS:
        raise Unauthenticated(
            _("This refresh token has just been renewed. Use the new one."),
            code="token_superseded",
        )
    with transaction.atomic():
        if _revoke(session, "token_reused"):
            owner = session.owner
            audit.record(Deed.TOKEN_REUSED, by=None, target=session, owner_id=owner.pk)
    raise Unauthenticated(
        _("This refresh token was used before, so its session has been ended. Sign in again."),
        code="token_reused",
    )


def _revoke(session: ApiSession, why: str) -> bool:
    living = ApiSession.objects.filter(pk=session.pk, revoked_at=None)
    return bool(living.update(revoked_at=timezone.now(), revoked_for=why))


def _note_use(session: ApiSession) -> None:
    now = timezone.now()
    if session.last_used_at <= now - NOTED_EVERY:
        stale = ApiSession.objects.filter(pk=session.pk, last_used_at__lte=now - NOTED_EVERY)
        stale.update(last_used_at=now)


def _tokens(session: ApiSession, refresh_id: str) -> Tokens:
    access_seconds, refresh_seconds = settings.JWT_ACCESS_SECONDS, settings.JWT_REFRESH_SECONDS
    access = Claims(session.owner_id, session.public_id, new_id())
    refresh = Claims(session.owner_id, session.public_id, refresh_id)
    return Tokens(
        access=make(Kind.ACCESS, access, seconds=access_seconds),
        refresh=make(Kind.REFRESH, refresh, seconds=refresh_seconds),
        expires_in=access_seconds,
    )


def _refusal() -> Unauthenticated:
    return Unauthenticated(
        _("This refresh token is not good, or no longer. Sign in again."), code="invalid_token"
    )
