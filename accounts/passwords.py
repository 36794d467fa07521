"""A password may be long, but hashing it must stay cheap."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User

MAXIMUM = 128


class MaximumLengthValidator:
    def validate(self, password: str, user: User | None = None) -> None:
        if len(password) > MAXIMUM:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return _("Your password may have at most %(maximum)s characters.") % {"maximum": MAXIMUM}
