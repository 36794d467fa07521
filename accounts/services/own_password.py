"""A person's own new password, set by a program or a script of the pages."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.deeds import Deed
from accounts.models import ApiSession, User
from accounts.services import api_sessions, audit, doors, sign_in
from core import circumstances
from core.errors import Conflict, Invalid, Unauthenticated


def change_password(
    *, by: User, current: str, new: str, session: ApiSession | None = None
) -> None:
    """Everywhere else the person is signed out; `session` is the one that asks.

    :raises Conflict: they have no password, as whoever signs in with Google
    :raises Invalid: the current one is wrong, or the new one too weak
    :raises TooMany: too many wrong ones
    """
    if not by.has_usable_password():
        none = _("You have no password yet. Set one on your profile page.")
        raise Conflict(none, code="no_password")
    _prove(by, current)
    try:
        validate_password(new, by)
    except ValidationError as failure:
        raise Invalid(
            _("Choose another password."), errors={"new_password": failure.messages}
        ) from None
    by.set_password(new)
    with transaction.atomic():
        by.save(update_fields=["password"])
        doors.drop_new_email(by=by)
        api_sessions.end_all(user=by, but=session, by=by, why="password")
        if session is not None:
            api_sessions.carry_over(session=session, user=by)
        audit.record(Deed.PASSWORD_CHANGED, by=by, target=by, owner_id=by.pk)


def _prove(person: User, password: str) -> None:
    try:
        sign_in.check_password(
            login=person.username, password=password, address=circumstances.now().address
        )
    except Unauthenticated:
        wrong = _("This is not your current password.")
        raise Invalid(
            _("The password was not changed."),
            code="wrong_password",
            errors={"current_password": [wrong]},
        ) from None
