"""How a program signs a person in: with their password, and their code where one is asked for."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import api_sessions, second_factor, sign_in, signing_up
from accounts.services.api_sessions import Tokens
from core import circumstances
from core.errors import Forbidden, Unauthenticated


def sign_in_with_password(*, login: str, password: str, otp: str = "") -> tuple[User, Tokens]:
    """
    :raises TooMany: too many wrong passwords or codes, here or for this account
    :raises Unauthenticated: the password is wrong, or the code is (`second_factor_required`)
    :raises Forbidden: the password is right, and something else is to be done on the pages first
    """
    how = circumstances.now()
    user = sign_in.check_password(login=login, password=password, address=how.address)
    signing_up.check_verified(user)
    _check_code(user, otp)
    return user, api_sessions.begin(user=user, address=how.address, agent=how.agent)


def _check_code(user: User, otp: str) -> None:
    if second_factor.is_missing(user):
        raise Forbidden(
            _("Staff need a second factor here. Sign in on the site and set one up."),
            code="second_factor_missing",
        )
    if not second_factor.is_on(user):
        return
    if not otp:
        raise Unauthenticated(
            _("Send the code of your app, or a recovery code, as otp."),
            code="second_factor_required",
        )
    if not second_factor.check(user=user, code=otp):
        raise Unauthenticated(_("This code is wrong or was used."), code="wrong_code")
