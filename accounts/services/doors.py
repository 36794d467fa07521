"""What the pages of sign-in change, each with its line in the audit trail."""

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.deeds import Deed
from accounts.models import User
from accounts.services import api_sessions, audit, closing, sign_in, signing_up
from core.errors import Invalid, NotFound, TooMany


def note_sign_in(user: User) -> None:
    audit.record(Deed.SIGNED_IN, by=user, target=user, owner_id=user.pk)


def note_sign_out(user: User) -> None:
    audit.record(Deed.SIGNED_OUT, by=user, target=user, owner_id=user.pk)


def note_second_factor(deed: Deed, *, by: User) -> None:
    audit.record(deed, by=by, target=by, owner_id=by.pk)


@transaction.atomic
def set_password(*, user: User, password: str, by: User | None) -> None:
    """`by` is None for who has forgotten the old one and came by a mail."""
    user.set_password(password)
    user.save(update_fields=["password"])
    drop_new_email(by=user)  # it may be a thief's wish, whom the new password shall stop
    api_sessions.end_all(user=user, by=by, why="password")
    if by is None:
        sign_in.forget_mistakes(user)
        proved = EmailAddress.objects.filter(user=user, email__iexact=user.email)
        proved.update(verified=True)
    deed = Deed.PASSWORD_CHANGED if by else Deed.PASSWORD_RESET
    audit.record(deed, by=by or user, target=user, owner_id=user.pk)


@transaction.atomic
def ask_for_new_email(*, by: User, email: str) -> None:
    """Mail a link to the new address; until it is opened nothing changes.

    Whether it is somebody else's is not told: then nothing is sent, or its owner is told.

    :raises Invalid: it is the one there is
    :raises TooMany: too many mails went there lately
    """
    email = email.strip().lower()
    if email == by.email.lower():
        raise Invalid(_("This is your address already."), errors={"email": [_("It is yours.")]})
    _vouch(by)
    EmailAddress.objects.filter(user=by, verified=False).delete()
    if User.objects.filter(email__iexact=email).exists():
        return
    if not signing_up.send_verification(user=by, email=email):
        raise TooMany(retry_after=signing_up.MAILS.seconds)


def drop_new_email(*, by: User) -> None:
    """Stay with the address there is."""
    EmailAddress.objects.filter(user=by, verified=False).exclude(email__iexact=by.email).delete()


def is_taken(address: EmailAddress) -> bool:
    """Whether it has become somebody else's while the mail lay there."""
    others = User.objects.exclude(pk=address.user_id)
    return others.filter(email__iexact=address.email).exists()


def note_email(user: User, *, before: str) -> None:
    """In the transaction that proved it; the first proof of an address changes nothing."""
    if user.email.lower() != before.lower():
        audit.record(Deed.EMAIL_CHANGED, by=user, target=user, owner_id=user.pk)


def new_email_of(user: User) -> str:
    """What they have asked for and not proved yet."""
    asked = EmailAddress.objects.filter(user=user, verified=False)
    found = asked.exclude(email__iexact=user.email).order_by("-pk").first()
    return found.email if found else ""


@transaction.atomic
def end_other_sessions(*, by: User, current: str) -> None:
    """Sign out every browser but this one, and every program."""
    closing.end_browser_sessions(user_id=by.pk, but=current)
    api_sessions.end_all(user=by, by=by, why="ended")
    audit.record(Deed.SESSIONS_ENDED, by=by, target=by, owner_id=by.pk, where="browsers")


def end_browser_session(*, by: User, session_id: int) -> None:
    """:raises NotFound: there is none, or it is somebody else's"""
    found = UserSession.objects.filter(user=by, pk=session_id).first()
    if found is None:
        raise NotFound
    with transaction.atomic():
        found.end()
        audit.record(Deed.SESSIONS_ENDED, by=by, target=by, owner_id=by.pk, number=1)


def _vouch(user: User) -> None:
    """The address an account has been used with stays its own until another one is proved."""
    EmailAddress.objects.update_or_create(
        user=user, email=user.email.lower(), defaults={"verified": True, "primary": True}
    )
