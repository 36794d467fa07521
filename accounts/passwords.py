"""What a password has to be besides what Django asks: not endless, and not easily guessed."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

from accounts.models import User

MAXIMUM = 128  # hashing it must stay cheap
_LOOKED_AT = 72  # what zxcvbn takes
_FEWEST_GUESSES = 100_000  # with the lockout, seven weeks of trying (docs/adr/0014)


class MaximumLengthValidator:
    def validate(self, password: str, user: User | None = None) -> None:
        if len(password) > MAXIMUM:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return _("Your password may have at most %(maximum)s characters.") % {"maximum": MAXIMUM}


class StrengthValidator:
    """Counts how many guesses it would take (zxcvbn), instead of asking for kinds of letters."""

    def validate(self, password: str, user: User | None = None) -> None:
        known = ["classroom", "downloader", "google", "escola", "professor", "professora", "senha"]
        if user is not None:
            known += [user.username, user.full_name, *user.email.split("@")]
        if not password:
            return  # the shortest length is another rule, and zxcvbn knows no empty word
        if zxcvbn(password[:_LOOKED_AT], user_inputs=known)["guesses"] < _FEWEST_GUESSES:
            raise ValidationError(
                _("This password is easily guessed. A few unrelated words make a good one."),
                code="password_too_weak",
            )

    def get_help_text(self) -> str:
        return _("A few unrelated words make a good password.")
