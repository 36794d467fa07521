"""The person who signs in: a teacher, or staff."""

from typing import ClassVar, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.validators import MinLengthValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    USER = "user", _("Teacher")
    ADMIN = "admin", _("Staff")


class User(AbstractUser):
    """Signs in with username or e-mail. What a role may do is decided by `is_admin` alone."""

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
        return self.is_active and self.role == Role.ADMIN

    def get_full_name(self) -> str:
        return self.full_name or self.username

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0] if self.full_name else self.username
