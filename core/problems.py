"""Refusals as RFC 9457 problems: the one shape in which the API says no."""

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Annotated, NotRequired, TypedDict

from django.http import HttpRequest, JsonResponse
from django_stubs_ext import StrOrPromise

from core.errors import ExpectedError
from core.logs import request_id

CONTENT_TYPE = "application/problem+json"
API_PATH = re.compile(r"/api(/|\Z)")
_FOR_MACHINES = re.compile(r"/(health|metrics)(/|\Z)")
RETRY_AFTER_SECONDS = 5

# The code of a refusal that says no more than its status does.
CODES = {
    400: "invalid",
    401: "not_authenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "conflict",
    412: "precondition_failed",
    413: "too_large",
    415: "unsupported_media_type",
    416: "range_not_satisfiable",
    429: "too_many",
    500: "internal",
    503: "unavailable",
}


class FieldError(TypedDict):
    """What is wrong with one field of the input."""

    field: Annotated[str | None, "Dotted path of the field; null if it is no single one."]
    code: str
    message: str


class Problem(TypedDict):
    """A refusal (RFC 9457)."""

    type: str
    title: Annotated[str, "What the status means."]
    status: int
    detail: Annotated[str, "What happened, for people."]
    code: Annotated[str, "What happened, for programs. Stable."]
    errors: NotRequired[list[FieldError]]
    request_id: Annotated[str, "Finds this request in the logs."]


def is_api(request: HttpRequest) -> bool:
    return API_PATH.match(request.path_info) is not None


def is_for_machines(request: HttpRequest) -> bool:
    """What answers while the database is away, so that nobody may ask it who is signed in."""
    return _FOR_MACHINES.match(request.path_info) is not None


def body(
    status: int, code: str, detail: StrOrPromise, errors: Iterable[FieldError] = ()
) -> Problem:
    problem = Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=str(detail),
        code=code,
        request_id=request_id.get(),
    )
    if listed := list(errors):
        problem["errors"] = listed
    return problem


def response(
    status: int,
    code: str = "",
    detail: StrOrPromise = "",
    *,
    errors: Iterable[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> JsonResponse:
    """The answer to a refused request; `code` and `detail` default to what the status says."""
    content = body(
        status,
        code or CODES.get(status, "error"),
        detail or HTTPStatus(status).phrase,
        errors,
    )
    given = dict(headers or {})
    if status in {429, 503}:
        given.setdefault("Retry-After", str(RETRY_AFTER_SECONDS))
    return JsonResponse(
        content,
        status=status,
        content_type=CONTENT_TYPE,
        headers=given,
        json_dumps_params={"ensure_ascii": False},
    )


def response_to(failure: ExpectedError) -> JsonResponse:
    errors = [
        FieldError(field=field, code=failure.code, message=str(message))
        for field, messages in failure.errors.items()
        for message in messages
    ]
    headers = {"Retry-After": str(failure.retry_after)} if failure.retry_after else None
    return response(failure.status, failure.code, failure.message, errors=errors, headers=headers)
