"""What people see where something is not there, not allowed, or broken; and the site's handlers.

The API's refusals have a shape of their own (core.problems).
"""

import math
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import requires_csrf_token
from django_stubs_ext import StrOrPromise

from core.errors import ExpectedError
from core.logs import request_id

_WORDS: dict[int, tuple[StrOrPromise, StrOrPromise]] = {
    400: (
        _("That did not arrive as it should"),
        _("The browser sent something we cannot read. Go back and try again."),
    ),
    403: (
        _("This is not open to you"),
        _("If you need it, ask the people who run this site at your school."),
    ),
    404: (
        _("There is nothing here"),
        _("The address may be mistyped, or what was here was removed or belongs to another."),
    ),
    405: (
        _("There is nothing to look at here"),
        _("This address only takes what a button sends. Go back to the page with the button."),
    ),
    409: (_("It has changed meanwhile"), _("Go back and look how it stands now.")),
    429: (_("That was a lot at once"), _("Wait a minute, then try again.")),
    500: (
        _("Something broke on our side"),
        _("It has been noted. Try again; if it stays, tell staff the reference below."),
    ),
    503: (
        _("We will be right back"),
        _("Something this page needs is away right now. Try again in a minute."),
    ),
}


def problem_page(
    request: HttpRequest, *, status: int, message: StrOrPromise = "", wait: int | None = None
) -> HttpResponse:
    """`wait`: seconds after which it is worth another try."""
    title, advice = _WORDS.get(status, _WORDS[400])
    context = {
        "layout": "layouts/app.html" if _may_be_framed(request, status) else "layouts/plain.html",
        "title": title,
        "message": message or advice,
        "minutes": math.ceil(wait / 60) if wait else None,
        "status": status,
        "reference": request_id.get(),
    }
    return render(request, "problem.html", context, status=status)


def refusal_page(request: HttpRequest, error: ExpectedError) -> HttpResponse:
    response = problem_page(
        request, status=error.status, message=error.message, wait=error.retry_after
    )
    if error.retry_after:
        response["Retry-After"] = str(error.retry_after)
    return response


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_page(request, status=400)


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_page(request, status=403)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_page(request, status=404)


@requires_csrf_token
def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    response = problem_page(request, status=429)
    response["Retry-After"] = "60"
    return response


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """A database that is away for a moment is no bug, and is not called one."""
    if not isinstance(sys.exception(), OperationalError | InterfaceError):
        return problem_page(request, status=500)
    response = problem_page(request, status=503)
    response["Retry-After"] = "5"
    return response


def _may_be_framed(request: HttpRequest, status: int) -> bool:
    """The frame greets a person by name, which needs a database that answers."""
    user = getattr(request, "user", None)
    return status < 500 and user is not None and user.is_authenticated
