"""The second factor: the codes of an app (TOTP), and recovery codes for when the phone is lost."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from allauth.mfa.utils import decrypt
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.deeds import Deed
from accounts.models import User
from accounts.services import audit
from core import crypto, ratelimit
from core.errors import TooMany
from core.ratelimit import Limit

WRONG = Limit(5, 300)
_SEALED = ("secret", "seed")
_ONCE = Limit(1, 300)  # longer than a code is good for


def is_on(user: User) -> bool:
    return _authenticators(user, Authenticator.Type.TOTP).exists()


def is_missing(user: User) -> bool:
    """Whether this is staff who may not work before a second factor is set up."""
    return user.lacks_second_factor()


def check(*, user: User, code: str) -> bool:
    """Whether it is a code of this person's that has not been used; it then is.

    :raises TooMany: too many wrong ones lately
    """
    return match(user=user, code=code) is not None


def match(*, user: User, code: str) -> Authenticator | None:
    """What the code is of, as `check`.

    :raises TooMany: too many wrong ones lately
    """
    count_try(user)
    given = "".join(letter for letter in code[:64] if letter.isascii() and letter.isalnum())
    found = (_app_with(user, given) or _list_with(user, given)) if given else None
    if found is not None:
        forget_tries(user)
    return found


def matches_new(*, user: User, secret: str, code: str) -> bool:
    """Whether an app that is being set up shows the right code.

    :raises TooMany: too many wrong ones lately
    """
    count_try(user)
    good = bool(auth.validate_totp_code(secret, code[:64]))
    if good:
        forget_tries(user)
    return good


def note_failure(user: User) -> None:
    """Somebody knew the password and not the code."""
    audit.record(Deed.SIGN_IN_FAILED, by=None, target=user, owner_id=user.pk, factor="code")


def count_try(user: User) -> None:
    """One more code is tried, counted before it is looked at.

    :raises TooMany: too many wrong ones lately
    """
    verdict = ratelimit.take(_tries(user), WRONG)
    if not verdict.allowed:
        raise TooMany(
            _("Too many wrong codes. Wait a few minutes."),
            code="too_many_codes",
            retry_after=verdict.reset_seconds,
        )


def forget_tries(user: User) -> None:
    ratelimit.clear(_tries(user))


def rotate_secrets() -> tuple[int, list[Any]]:
    """Put them under the first key; answers how many, and the rows whose secret nothing opens."""
    rotated, lost = 0, []
    for pk in Authenticator.objects.values_list("pk", flat=True).order_by("pk"):
        with transaction.atomic():
            one = Authenticator.objects.select_for_update().filter(pk=pk).first()
            try:
                rotated += one is not None and _rotate(one)
            except crypto.Undecipherable:
                lost.append(pk)
    return rotated, lost


def _rotate(one: Authenticator) -> bool:
    sealed = {name: one.data[name] for name in _SEALED if name in one.data}
    one.data |= {name: crypto.rotate(secret) for name, secret in sealed.items()}
    one.save(update_fields=["data"])
    return bool(sealed)


def _app_with(user: User, code: str) -> Authenticator | None:
    """A code is good once, on whichever process it comes in."""
    for one in _authenticators(user, Authenticator.Type.TOTP):
        if auth.validate_totp_code(decrypt(one.data["secret"]), code):
            unused = ratelimit.take(f"code-used:{user.pk}:{code}", _ONCE).allowed
            return one if unused else None
    return None


def _list_with(user: User, code: str) -> Authenticator | None:
    for one in _authenticators(user, Authenticator.Type.RECOVERY_CODES):
        if RecoveryCodes(one).validate_code(code):
            return one
    return None


def _authenticators(user: User, type: Authenticator.Type) -> QuerySet[Authenticator]:
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user=user, type=type)
    return found


def _tries(user: User) -> str:
    return f"codes:user:{user.pk}"
