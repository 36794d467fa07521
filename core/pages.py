"""What the pages for people share: sign-in, messages, and expected errors in plain words."""

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec, TypeVar, cast
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django_stubs_ext import StrOrPromise

from core.errors import Conflict, ExpectedError, Invalid
from core.problem_pages import problem_page, refusal_page

Params = ParamSpec("Params")
Asked = TypeVar("Asked", bound=HttpRequest)

_LEVELS = {"success": messages.SUCCESS, "info": messages.INFO, "warning": messages.WARNING}


def page(
    view: Callable[Concatenate[Asked, Params], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, Params], HttpResponseBase]:
    """For signed-in people only; an expected error becomes a message or a problem page."""

    @wraps(view)
    def shown(
        request: HttpRequest, /, *args: Params.args, **kwargs: Params.kwargs
    ) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _sign_in_first(request)
        try:
            response = view(cast("Asked", request), *args, **kwargs)
        except ExpectedError as error:
            response = refused(request, error)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            response = _wrong_method(request, response)
        # On a shared computer, going back after signing out shows nothing.
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return shown


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks, for a part of the page it is on."""
    return request.headers.get("HX-Request") == "true"


def done(
    request: HttpRequest, text: StrOrPromise, *, to: str, level: str = "success"
) -> HttpResponse:
    """The answer to a change: a message here and now, or on the page that follows."""
    if wants_fragment(request):
        return toast(HttpResponse(status=204), text, level=level)
    messages.add_message(request, _LEVELS[level], str(text))
    return redirect(to)


def toast(response: HttpResponse, text: StrOrPromise, *, level: str = "success") -> HttpResponse:
    """Let htmx show a message, and refresh what may have changed."""
    news = {"toast": {"level": level, "text": str(text)}, "live:changed": None}
    response["HX-Trigger"] = json.dumps(news)
    return response


def back(request: HttpRequest, fallback: str = "home") -> str:
    """The page of this site that the request came from."""
    referrer = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(
        referrer, {request.get_host()}, require_https=request.is_secure()
    ):
        return referrer
    return resolve_url(fallback)


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    if not wants_fragment(request):
        return redirect_to_login(_to_return_to(request))
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})


def _to_return_to(request: HttpRequest) -> str:
    """What was sent is lost, and its address may be nothing to look at: the page before it is."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    page_before = urlsplit(back(request))
    return page_before._replace(scheme="", netloc="").geturl()


def _wrong_method(request: HttpRequest, refused: HttpResponseBase) -> HttpResponse:
    response = problem_page(request, status=HTTPStatus.METHOD_NOT_ALLOWED)
    response["Allow"] = refused.headers["Allow"]
    return response


def refused(request: HttpRequest, error: ExpectedError) -> HttpResponse:
    """An expected error as a message or a problem page."""
    if wants_fragment(request):
        return toast(HttpResponse(status=error.status), error.message, level="warning")
    if request.method == "POST" and isinstance(error, Conflict | Invalid):
        messages.warning(request, str(error))
        return redirect(back(request))
    return refusal_page(request, error)
