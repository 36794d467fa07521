"""People: accounts made by staff, by the operator, and the very first one."""

import re

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from core.errors import Conflict, Forbidden, Invalid

SHORTEST_USERNAME = 3
LONGEST_USERNAME = 50


def create_user(
    *,
    by: User | None,
    username: str,
    email: str,
    password: str | None,
    role: str = Role.USER,
    full_name: str = "",
) -> User:
    """A new account; without a password it cannot sign in until one is set.

    `by` is None when the operator asks on the command line.

    :raises Forbidden: `by` is not staff
    :raises Invalid: with what is wrong, by field
    :raises Conflict: somebody took the name or the address at this very moment
    """
    if by is not None and not by.is_admin:
        raise Forbidden
    user = User(
        username=username.strip(),
        email=User.objects.normalize_email(email.strip()),
        full_name=full_name.strip(),
        role=role,
        is_staff=role == Role.ADMIN,
        is_superuser=role == Role.ADMIN,
    )
    user.set_password(password)
    if errors := _mistakes(user, password):
        raise Invalid(_("The account could not be made."), errors=errors)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise Conflict(_("Somebody has just taken this username or e-mail.")) from None
    return user


def create_first_admin(*, email: str, full_name: str, password: str) -> User:
    """Staff for an installation that has nobody yet.

    :raises Conflict: there is somebody already
    :raises Invalid: with what is wrong, by field
    """
    if User.objects.exists():
        raise Conflict(_("This installation is set up already. Sign in."), code="already_set_up")
    return create_user(
        by=None,
        username=username_for(email),
        email=email,
        password=password,
        role=Role.ADMIN,
        full_name=full_name,
    )


def username_for(email: str) -> str:
    """A valid username made of what stands before the @."""
    name = re.sub(r"[^\w.-]+", "_", email.partition("@")[0])[:LONGEST_USERNAME]
    return name.ljust(SHORTEST_USERNAME, "_")


def _mistakes(user: User, password: str | None) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as failure:
        found |= failure.message_dict
    try:
        ProhibitNullCharactersValidator()(user.full_name)
    except ValidationError as failure:
        found["full_name"] = failure.messages
    for field in ("username", "email"):
        taken = User.objects.filter(**{f"{field}__iexact": getattr(user, field)})
        if field not in found and taken.exists():
            found[field] = [_taken(field)]
    if password is not None:
        try:
            validate_password(password, user)
        except ValidationError as failure:
            found["password"] = failure.messages
    return found


def _taken(field: str) -> str:
    return _("This username is taken.") if field == "username" else _("This e-mail is taken.")
