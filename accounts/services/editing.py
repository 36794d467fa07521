"""Staff changing what an account says and what it may do."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from core.errors import Forbidden


@transaction.atomic
def edit_user(*, by: User, user: User, **facts: Any) -> User:
    """Write the given fields of an account.

    Nobody changes his own role or closes his own account, so an admin is always left.

    :raises Forbidden: by whom, or on whom, it is not allowed
    """
    if not by.is_admin:
        raise Forbidden
    current = User.objects.select_for_update().get(id=user.pk)
    for name, value in facts.items():
        setattr(current, name, value)
    if current == by and not current.is_admin:
        raise Forbidden(_("Ask another admin to change your own role."), code="own_role")
    current.is_staff = current.is_superuser = current.role == Role.ADMIN
    current.save()
    EmailAddress.objects.filter(user=current).exclude(email__iexact=current.email).delete()
    return current
