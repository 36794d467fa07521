"""Who may read the inside of the installation."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from rest_framework.exceptions import AuthenticationFailed

from accounts.authentication import ApiKeyAuthentication
from accounts.models import User
from core import client_address

SCOPE = "monitoring:read"


def has_token(request: HttpRequest) -> bool:
    """Whether the request carries METRICS_TOKEN; asks no database."""
    kind, _space, given = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.METRICS_TOKEN
    return bool(wanted) and kind.lower() == "bearer" and constant_time_compare(given, wanted)


def is_staff(request: HttpRequest) -> bool:
    """By session, or by a staff member's API key with the scope."""
    if isinstance(request.user, User) and request.user.is_admin:
        return True
    try:
        found = ApiKeyAuthentication().authenticate(request)  # type: ignore[arg-type]
    except AuthenticationFailed:
        return False
    if found is None or SCOPE not in found[1].scopes or found[1].tenant_ids:
        return False
    found[0].is_limited = False  # here the scope is enough; that of all of staff's work is more
    return found[0].is_admin


def comes_from_listed_address(request: HttpRequest) -> bool:
    """As far as TRUSTED_PROXIES vouch for where it comes from."""
    if not settings.METRICS_ALLOWED_ADDRESSES:
        return False
    address = client_address.parse(client_address.of_request(request))
    return address is not None and any(
        address in network for network in settings.METRICS_ALLOWED_ADDRESSES
    )
