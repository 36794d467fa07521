"""People: accounts made by staff, by the operator, and the very first one."""

import re
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.deeds import Deed
from accounts.models import Role, User
from accounts.roles import Power
from accounts.services import audit
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
    powers: Iterable[str] = (),
    is_superuser: bool = False,
) -> User:
    """A new account; without a password it cannot sign in until one is set.

    `by` is None when the operator asks on the command line; whom he makes staff may do everything.

    :raises Forbidden: `by` may not make accounts, or not one of staff
    :raises Invalid: with what is wrong, by field
    :raises Conflict: somebody took the name or the address at this very moment
    """
    if by is not None and not by.may(Power.PEOPLE):
        raise Forbidden
    user = User(
        username=username.strip(),
        email=User.objects.normalize_email(email.strip()),
        full_name=full_name.strip(),
        role=role,
        is_superuser=is_superuser or (by is None and role == Role.ADMIN),
    )
    if by is not None and (role != Role.USER or is_superuser) and not by.is_superuser:
        raise only_superusers()
    user.set_password(password)
    if errors := mistakes_in(user, password):
        raise Invalid(_("The account could not be made."), errors=errors)
    try:
        with transaction.atomic():
            grant(user, powers)
            audit.record(Deed.USER_MADE, by=by, target=user, owner_id=user.pk, **rights_of(user))
    except IntegrityError:
        raise Conflict(_("Somebody has just taken this username or e-mail.")) from None
    return user


def grant(user: User, powers: Iterable[str]) -> None:
    """Save the account with exactly these powers; who is not staff has none at all."""
    is_staff = user.role == Role.ADMIN
    user.is_staff = is_staff
    user.is_superuser = user.is_superuser and is_staff
    user.save()
    wanted = sorted(set(powers) & set(Power)) if is_staff else []
    rows = Permission.objects.filter(content_type__app_label="accounts", codename__in=wanted)
    user.user_permissions.set(rows)


def powers_of(user: User) -> list[str]:
    """What was given one by one; a superuser needs none of it."""
    given = set(user.user_permissions.values_list("codename", flat=True))
    return [power.value for power in Power if power in given]


def rights_of(user: User) -> dict[str, Any]:
    """For the audit trail."""
    return {"role": user.role, "superuser": user.is_superuser, "powers": powers_of(user)}


def only_superusers() -> Forbidden:
    text = _("Only a superuser makes staff, and says what staff may do.")
    return Forbidden(text, code="superusers_only")


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


def mistakes_in(user: User, password: str | None = None) -> dict[str, list[str]]:
    """What is wrong with an account, or with a password for it, by field."""
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
        others = User.objects.exclude(pk=user.pk)
        taken = others.filter(**{f"{field}__iexact": getattr(user, field)})
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
