"""What an API key that is bound to tenants may touch: theirs, and nothing else."""

from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Forbidden


def check(*, by: User, tenant_id: str) -> None:
    """:raises Forbidden: `by` speaks through a key that is not bound to this tenant"""
    if by.tenants is not None and tenant_id not in by.tenants:
        raise Forbidden(_("This API key is bound to other tenants."), code="bound_to_tenants")
