"""The person who signs in: a teacher, or staff."""

from typing import ClassVar, Self

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.validators import MinLengthValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.roles import MEANINGS, Power


class Role(models.TextChoices):
    USER = "user", _("Teacher")
    ADMIN = "admin", _("Staff")


class User(AbstractUser):
    """Signs in with username or e-mail. What staff may do is decided by `may` alone.

    `is_limited` while an API key without the scope `admin` speaks for them: such a key has none
    of its owner's powers. `tenants` while one speaks that is bound to these; None: to any.
    `seen_by` while that member of staff looks at the pages as this person does.
    """

    is_limited = False
    seen_by: "User | None" = None
    tenants: tuple[str, ...] | None = None

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    username = models.CharField(
        _("username"),
        max_length=50,
        unique=True,
        validators=[
            MinLengthValidator(3),
            RegexValidator(r"^[\w.-]+\Z", _("Use letters, digits and _ . - only.")),
        ],
        error_messages={"unique": _("This username is taken.")},
    )
    email = models.EmailField(_("e-mail"))
    full_name = models.CharField(_("full name"), max_length=100, blank=True)
    role = models.CharField(_("role"), max_length=8, choices=Role, default=Role.USER)
    language = models.CharField(
        _("language"),
        max_length=8,
        blank=True,
        choices=[("pt-br", "Português"), ("en", "English")],
        help_text=_("Empty: the browser's."),
    )

    objects: ClassVar[UserManager[Self]] = UserManager()

    REQUIRED_FIELDS = ["email"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        default_permissions = ()
        permissions = [(power.value, meaning) for power, meaning in MEANINGS.items()]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique",
                violation_error_message=_("This e-mail is taken."),
            ),
            models.UniqueConstraint(
                Lower("username"),
                name="user_username_unique",
                violation_error_message=_("This username is taken."),
            ),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def is_admin(self) -> bool:
        """Whether this person may see and manage everybody's things."""
        return self.may(Power.WORK)

    def may(self, power: Power) -> bool:
        """Whether this is staff with that power, and speaks for themselves."""
        staff = self.is_active and self.role == Role.ADMIN and not self.is_limited
        return staff and not self._is_unproved and self.has_perm(f"accounts.{power}")

    def may_manage(self, other: "User") -> bool:
        """Whether this is staff for people, and that a teacher: superusers alone manage staff."""
        is_teacher = other.role == Role.USER and not other.is_superuser
        return self.may(Power.PEOPLE) and (is_teacher or self.is_superuser)

    def lacks_second_factor(self) -> bool:
        """Whether this is staff who have to set one up before they may do anything as staff."""
        if not settings.STAFF_NEED_SECOND_FACTOR or self.role != Role.ADMIN:
            return False
        return not Authenticator.objects.filter(user=self.pk, type="totp").exists()

    @cached_property
    def _is_unproved(self) -> bool:
        """The same, asked once: every list asks what its reader may."""
        return self.lacks_second_factor()

    @property
    def powers(self) -> list[Power]:
        return [power for power in Power if self.may(power)]

    def get_full_name(self) -> str:
        return self.full_name or self.username

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0] if self.full_name else self.username
