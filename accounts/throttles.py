"""Every call of the API counts against its caller's limit, before it is looked at any further."""

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts import limits
from accounts.deeds import Deed
from accounts.models import User
from accounts.services import blocks, rates, security
from core import circumstances, problems
from core.errors import TooMany
from core.logs import redacted
from core.ratelimit import Verdict

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which itself imports this module


class RateThrottle(BaseThrottle):
    """The limit a view names for a request (`rate_of`), else the general one.

    What is outside the API, such as `/health/live`, asks no database and is not counted.
    """

    def allow_request(self, request: Request, view: "APIView") -> bool:
        asked = request._request  # noqa: SLF001 - the middleware writes the headers
        if not problems.is_api(asked):
            return True
        own = view.rate_of(request) if hasattr(view, "rate_of") else ""
        name = own or limits.general(asked.method or "")
        user = request.user if isinstance(request.user, User) else None
        admit(asked, name=name, user=user, auth=request.auth)
        return True


def admit(request: HttpRequest, *, name: str, user: User | None, auth: object = None) -> None:
    """Count a request, and remember for its answer how its caller stands.

    :raises AddressBlocked: nothing is answered there
    :raises TooMany: it is one too many
    """
    address = circumstances.now().address
    stranger = user is None and name != limits.SIGN_IN
    request.is_counted, request.verdict = True, None  # type: ignore[attr-defined]
    request.is_stranger = user is None  # type: ignore[attr-defined]
    staff = user is not None and user.is_staff
    blocks.refuse_blocked(address=address, is_stranger=stranger, is_staff=staff)
    caller = rates.caller_of(user=user, auth=auth, address=address)
    verdict = rates.take(name, caller)
    request.verdict = verdict  # type: ignore[attr-defined]
    if verdict.allowed:
        return
    security.note(Deed.RATE_LIMITED, by=user, limit=name, path=redacted(request.path_info)[:200])
    seconds = verdict.reset_seconds
    raise TooMany(
        _("Too many requests. Go on in %(seconds)s s.") % {"seconds": seconds}, retry_after=seconds
    )


def tell(request: HttpRequest, response: HttpResponseBase) -> None:
    """How the caller stands, in the headers of the answer."""
    verdict: Verdict | None = getattr(request, "verdict", None)
    if verdict is None or not verdict.limit.number:
        return
    limit = verdict.limit
    response["RateLimit-Limit"] = str(limit.number)
    response["RateLimit-Remaining"] = str(verdict.remaining)
    response["RateLimit-Reset"] = str(verdict.reset_seconds)
    response["RateLimit-Policy"] = f"{limit.number};w={limit.seconds}"
