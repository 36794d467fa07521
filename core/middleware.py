"""What every request passes: its id, and the habits of the API's addresses."""

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from core import circumstances, client_address, problems
from core.circumstances import Circumstances, Means
from core.logs import request_id

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_GIVEN = re.compile(r"^[A-Za-z0-9._-]{8,64}\Z")
_ADMIN = re.compile(r"/admin(/|\Z)")
_SLASHLESS = re.compile(r"^/(api|health|metrics|docs|redoc)(/|\Z)")


class RequestIdMiddleware:
    """Takes a well-formed X-Request-ID from the client, or makes one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        # Not reset afterwards: Django logs a refused request when all middleware has been left.
        request_id.set(given if _GIVEN.match(given) else uuid.uuid4().hex)
        response = self.get_response(request)
        response["X-Request-ID"] = request_id.get()
        return response


class CircumstancesMiddleware:
    """Notes from where and by which means this is asked, for the audit trail."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        means = Means.PAGE
        if problems.is_api(request):
            means = Means.API
        elif _ADMIN.match(request.path_info):
            means = Means.ADMIN
        address = client_address.of_request(request)
        agent = request.headers.get("User-Agent", "")
        circumstances.begin(Circumstances(means, address, agent))
        return self.get_response(request)


class ApiMiddleware:
    """Trailing slashes mean nothing here, and no refusal is a page.

    Endpoints answer problems by themselves (core.api); what goes wrong around them, in another
    middleware or before a view is found, is put into the same shape here.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _SLASHLESS.match(request.path_info) and request.path_info.endswith("/"):
            request.path_info = request.path_info.rstrip("/")
            request.path = request.path.rstrip("/")
        response = self.get_response(request)
        if problems.is_api(request) and response.status_code >= 400:
            _as_problem(response)
        return response


def _as_problem(response: HttpResponseBase) -> None:
    """Keeps the headers, such as cookies and policies, and changes what is said."""
    if not isinstance(response, HttpResponse) or response["Content-Type"] == problems.CONTENT_TYPE:
        return
    problem = problems.response(response.status_code)
    response.content = problem.content
    for name, value in problem.items():
        response[name] = value
    response["Content-Length"] = str(len(problem.content))
