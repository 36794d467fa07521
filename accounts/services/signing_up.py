"""Accounts people make by themselves, where the operator lets them (SIGN_UP)."""

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.deeds import Deed
from accounts.models import User
from accounts.services import account_mails, audit, people
from core import ratelimit
from core.errors import Forbidden, Invalid, TooMany
from core.ratelimit import Limit
from core.text import printable

MAILS = Limit(5, 3600)  # to one address
_NAMES_TRIED = 100


class NotVerified(Forbidden):
    """The account is there, but nobody has opened the link in the mail yet."""

    code = "email_not_verified"
    message = gettext_lazy("Open the link in the mail we have sent you, then sign in.")


class AddressTaken(Invalid):
    """Its owner has got a mail. A page need not tell whoever asked."""


def is_open() -> bool:
    return bool(settings.SIGN_UP != "closed")


def is_open_to(email: str) -> bool:
    if settings.SIGN_UP == "domains":
        return email.rpartition("@")[2].strip().lower() in settings.SIGN_UP_DOMAINS
    return is_open()


def register(*, email: str, password: str, full_name: str = "", username: str = "") -> User:
    """A new teacher, who may sign in once the link in a mail has been opened.

    :raises Forbidden: `signup_closed`, for all or for this address
    :raises Invalid: with what is wrong, by field; AddressTaken, nothing but that
    """
    email = email.strip()
    _check_open_to(email)
    try:
        user = _make(email, password, full_name, username.strip() or free_username(email))
    except Invalid as refusal:
        _look_closer(email, refusal)
        raise
    send_verification(user=user)
    return user


def is_taken(email: str) -> bool:
    return User.objects.filter(email__iexact=email).exists()


def prepare(user: User, *, name: str) -> None:
    """Fill in what Google does not say of somebody who signs up with it."""
    user.username = free_username(user.email)
    user.full_name = printable(name).strip()[:100]


def note_made(user: User) -> None:
    audit.record(Deed.USER_MADE, by=user, target=user, owner_id=user.pk, role=user.role)


def free_username(email: str) -> str:
    """Made of what stands before the @, with a number where that is taken."""
    name = people.username_for(email)
    for number in range(2, _NAMES_TRIED):
        if not User.objects.filter(username__iexact=name).exists():
            break
        end = str(number)
        name = people.username_for(email)[: people.LONGEST_USERNAME - len(end)] + end
    return name


def waits_for_verification(user: User) -> bool:
    """Only who signed up alone has to prove the address; staff vouch for the rest.

    allauth makes rows of its own here and there, but only a sign-up makes a primary one.
    """
    unproved = EmailAddress.objects.filter(user=user, verified=False, primary=True)
    return bool(unproved.filter(email__iexact=user.email).exists())


@transaction.atomic
def prove_by_google(*, user: User, email: str) -> None:
    """Google vouches for the address. Staff have vouched for theirs, and their password stays.

    Whoever made this account alone never proved it was theirs, and may be somebody else: their
    password opens it no more.
    """
    if waits_for_verification(user):
        user.set_unusable_password()
        user.save(update_fields=["password"])
        audit.record(Deed.PASSWORD_RESET, by=user, target=user, owner_id=user.pk)
    EmailAddress.objects.update_or_create(
        user=user, email=email.lower(), defaults={"verified": True}
    )


def check_verified(user: User) -> None:
    """Ask this before signing anybody in; a new link is sent where one is needed.

    :raises NotVerified: the mail has not been answered
    """
    if waits_for_verification(user):
        send_verification(user=user)
        raise NotVerified


def send_verification(*, user: User, email: str = "") -> bool:
    """Mail the link that proves an address. False: that was often enough for now."""
    address, _made = EmailAddress.objects.get_or_create(
        user=user, email=(email or user.email).lower()
    )
    if address.verified or not may_mail(address.email):
        return False
    account_mails.send_verification(address)
    return True


def may_mail(email: str) -> bool:
    """Whether one more mail may be sent there that anybody could have asked for."""
    return ratelimit.take(f"mails:{email.lower()[:180]}", MAILS).allowed


def limit_strangers(action: str, address_bucket: str, *, number: int) -> None:
    """What anybody may ask for, as often an hour from one address.

    :raises TooMany: it was asked for too often
    """
    verdict = ratelimit.take(f"{action}:address:{address_bucket}", Limit(number, 3600))
    if not verdict.allowed:
        raise TooMany(retry_after=verdict.reset_seconds)


def _check_open_to(email: str) -> None:
    if not is_open():
        raise Forbidden(_("Staff make the accounts here. Ask them for one."), code="signup_closed")
    if not is_open_to(email):
        domains = ", ".join(settings.SIGN_UP_DOMAINS)
        text = _("Use an address of your school: %(domains)s.") % {"domains": domains}
        raise Forbidden(text, code="signup_closed")


def _look_closer(email: str, refusal: Invalid) -> None:
    """That an address is taken is said to nobody who could not have made the account otherwise."""
    if not is_taken(email):
        return
    others = {field: said for field, said in refusal.errors.items() if field != "email"}
    if others:
        raise Invalid(refusal.message, errors=others) from None
    if may_mail(email):
        account_mails.send_already_here(email)
    raise AddressTaken(refusal.message, errors=refusal.errors) from None


@transaction.atomic
def _make(email: str, password: str, full_name: str, username: str) -> User:
    user = people.create_user(
        by=None, username=username, email=email, password=password, full_name=full_name
    )
    EmailAddress.objects.create(user=user, email=user.email.lower(), primary=True)
    return user
