"""Passwords are checked here and nowhere else: page, admin, API and token doors all come by.

A try is counted before the password is hashed, so that guesses made at the same moment count as
many as they are. Mistakes lock an account for the address they come from; many from anywhere lock
it for all; an address only ever has to wait, because a whole school may be behind it.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.deeds import Deed
from accounts.models import User
from accounts.passwords import MAXIMUM
from accounts.services import audit, security
from core import client_address, ratelimit
from core.errors import Forbidden, TooMany, Unauthenticated
from core.models import RateBucket
from core.ratelimit import Limit

FROM_ANYWHERE = 4  # times as many mistakes as from one address
_LONGEST_LOGIN = 254
_BEGINNING = "sign-in:user:"


class Locked(TooMany):
    """Too many mistakes with this account. Also said of one that does not exist."""

    code = "locked"
    message = _("Too many wrong passwords. Try again later, or ask staff to unlock the account.")


class WrongPassword(Unauthenticated):
    """Also said of an account that does not exist."""

    code = "wrong_credentials"
    message = _("The username and/or password you specified are not correct.")


class Closed(WrongPassword):
    """The password is right, but staff have closed the account."""

    code = "account_closed"
    message = _("This account is closed. Ask staff.")

    def __init__(self, user: User) -> None:
        super().__init__()
        self.user = user


@dataclass(frozen=True, slots=True)
class _Try:
    """The counters one try falls upon."""

    account: str
    address: str

    @property
    def here(self) -> str:
        return f"{self.account}:{self.address}"

    @property
    def anywhere(self) -> str:
        return f"{self.account}:*"

    @property
    def crowd(self) -> str:
        return f"sign-in:address:{self.address}"


def check_password(*, login: str, password: str, address: str) -> User:
    """Whose name or e-mail and password these are.

    :raises Locked: too many mistakes with this account; also TooMany, with this address
    :raises WrongPassword: they are nobody's; Closed, they are of an account that is closed
    """
    user = _named(login)
    made = _Try(_account(user, login), client_address.bucket_of(address))
    last = _count(made)
    if not _matches(user, password) or user is None:
        _note_failure(user, last=last)
        raise WrongPassword
    ratelimit.clear(made.here)
    ratelimit.give_back(made.anywhere)
    ratelimit.give_back(made.crowd)
    if not user.is_active:
        raise Closed(user)
    return user


def unlock(*, by: User, user: User) -> None:
    """Forget the mistakes made with an account. It lets whoever asks guess on.

    :raises Forbidden: `by` may not manage this person
    """
    if not by.may_manage(user):
        raise Forbidden
    with transaction.atomic():
        forget_mistakes(user)
        audit.record(Deed.UNLOCKED, by=by, target=user, owner_id=user.pk)


def forget_mistakes(user: User) -> None:
    """For who has proved by other means to be that person."""
    ratelimit.clear_all(f"{_BEGINNING}{user.pk}:")


def locked_until(user: User) -> datetime | None:
    """Until when nobody can sign in with this account, from one address or from any."""
    return all_locks().get(user.pk)


def all_locks() -> dict[int, datetime]:
    """Every account that is locked now, for one address or for all, and until when."""
    number = settings.MAX_LOGIN_ATTEMPTS
    if not number:
        return {}
    everywhere = Q(key__endswith=":*", count__gte=number * FROM_ANYWHERE)
    somewhere = Q(count__gte=number) & ~Q(key__endswith=":*")
    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    rows = RateBucket.objects.filter(
        everywhere | somewhere, key__startswith=_BEGINNING, ends_ms__gt=now_ms
    )
    found: dict[int, datetime] = {}
    for key, ends_ms in rows.order_by("ends_ms").values_list("key", "ends_ms"):
        found[int(key.split(":")[2])] = datetime.fromtimestamp(ends_ms / 1000, UTC)
    return found


def _named(login: str) -> User | None:
    """Nobody, for what no database would take."""
    name = login.strip()
    if not name or len(name) > _LONGEST_LOGIN or "\0" in name or not _is_text(name):
        return None
    field = "email" if "@" in name else "username"
    return User.objects.filter(**{f"{field}__iexact": name}).first()


def _account(user: User | None, login: str) -> str:
    """A name nobody has is counted like any other, and is not kept: it may be a password."""
    if user is not None:
        return f"{_BEGINNING}{user.pk}"
    name = login.strip().casefold().encode("utf-8", "replace")
    return f"sign-in:name:{hashlib.sha256(name).hexdigest()[:32]}"


def _count(made: _Try) -> bool:
    """Answers whether this is the last try before the account is locked.

    A try that is refused counts on nothing it was not refused for, so that whoever hammers on a
    locked account does not hold up the neighbours, nor a crowd lock anybody's account.
    """
    number, seconds = settings.MAX_LOGIN_ATTEMPTS, settings.LOCKOUT_SECONDS
    here = ratelimit.take(made.here, Limit(number, seconds, holds=True))
    if not here.allowed:
        raise Locked(retry_after=here.reset_seconds)
    limit = Limit(number * FROM_ANYWHERE, seconds, holds=True)
    anywhere = ratelimit.take(made.anywhere, limit)
    if not anywhere.allowed:
        raise Locked(retry_after=anywhere.reset_seconds)
    crowd = Limit(settings.MAX_LOGIN_ATTEMPTS_PER_ADDRESS, seconds)
    verdict = ratelimit.take(made.crowd, crowd)
    if not verdict.allowed:
        ratelimit.give_back(made.here)
        ratelimit.give_back(made.anywhere)
        raise TooMany(retry_after=verdict.reset_seconds)
    return bool(number) and not (here.remaining and anywhere.remaining)


def _matches(user: User | None, password: str) -> bool:
    """Hashes once, whatever is asked, so that the time it takes tells nothing."""
    possible = bool(password) and len(password) <= MAXIMUM and _is_text(password)
    if user is None or not possible:
        make_password("nobody has this password")
        return False
    return user.check_password(password)


def _note_failure(user: User | None, *, last: bool) -> None:
    """With a name nobody has anybody could fill the audit trail; an account's locks bound it."""
    deeds = [Deed.SIGN_IN_FAILED, Deed.SIGN_IN_LOCKED] if last else [Deed.SIGN_IN_FAILED]
    for deed in deeds:
        if user is None:
            security.note(deed, by=None)
        else:
            audit.record(deed, by=None, target=user, owner_id=user.pk)


def _is_text(text: str) -> bool:
    """Half a surrogate pair is none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
