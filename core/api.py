"""What every API endpoint shares: refusals as problems, strict input, pages of lists."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Generic, TypeVar

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from core import problems
from core.errors import ExpectedError, NotFound
from core.fields import Input, Query, Whole
from core.problems import FieldError

logger = logging.getLogger(__name__)

MAX_PAGE = 200
MAX_OFFSET = 2**31 - 1


class ApiView(APIView):
    """An endpoint. Everything about its input and its rights is declared, by HTTP method.

    `scopes` names the scope an API key needs, `queries` the query parameters that exist, `rate`
    the limit that counts if not the general one (accounts.limits), and `refusals` what the API
    description says of conflicts: {method: {status: {code: text}}}.
    One that `knows_tenants` answers keys bound to some with what is theirs alone.
    """

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    scopes: ClassVar[Mapping[str, str]] = {}
    queries: ClassVar[Mapping[str, type[Query]]] = {}
    refusals: ClassVar[Mapping[str, Mapping[int, Mapping[str, str]]]] = {}
    rate: ClassVar[Mapping[str, str]] = {}
    knows_tenants: ClassVar[bool] = False
    body_of_delete: ClassVar[type[Input] | None] = None
    query: dict[str, Any]

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        # The framework takes a body of unannounced length for none; any number shows it the body.
        if request.headers.get("Transfer-Encoding", "").lower() == "chunked":
            request.META["CONTENT_LENGTH"] = "-1"
        return super().initialize_request(request, *args, **kwargs)

    def check_permissions(self, request: Request) -> None:
        """Whatever is refused from here on has been counted."""
        super().check_throttles(request)
        super().check_permissions(request)

    def check_throttles(self, request: Request) -> None:
        """Done before."""

    def rate_of(self, request: Request) -> str:
        """The limit this request counts on, "" for the general one."""
        return self.rate.get(method_of(request), "")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method not in self.allowed_methods:
            return  # it is refused as such, whatever its parameters
        given = self.queries.get(method_of(request), Query)(data=request.query_params.dict())
        given.is_valid(raise_exception=True)
        self.query = given.validated_data

    def read(self, shape: type[Input]) -> dict[str, Any]:
        """The body, checked against `shape`."""
        given = shape(data=self.request.data)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)


def method_of(request: Request) -> str:
    """The method whose rules apply; HEAD is a GET without the body."""
    return "GET" if request.method == "HEAD" else str(request.method)


class PageQuery(Query):
    limit = Whole(min_value=1, max_value=MAX_PAGE, default=50, help_text="Rows of one page.")
    offset = Whole(
        min_value=0, max_value=MAX_OFFSET, default=0, help_text="Rows to skip from the start."
    )


AnyModel = TypeVar("AnyModel", bound=Model)


class Page(Generic[AnyModel]):
    """One page of a list, and how long the list is."""

    def __init__(self, rows: QuerySet[AnyModel], *, limit: int, offset: int) -> None:
        self.total = rows.count()
        self.results = list(rows[offset : offset + limit]) if offset < self.total else []
        self.limit = limit
        self.offset = offset

    def answer(self, results: list[Any]) -> dict[str, Any]:
        return {
            "results": results,
            "total": self.total,
            "limit": self.limit,
            "offset": self.offset,
        }


def exception_handler(failure: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """The answer to whatever went wrong in an endpoint; only the last line is a bug of ours."""
    if isinstance(failure, ExpectedError):
        return problems.response_to(failure)
    if isinstance(failure, APIException):
        return _refusal(failure)
    if isinstance(failure, Http404):
        return problems.response_to(NotFound())
    if isinstance(failure, RequestDataTooBig):
        return problems.response(413)
    if isinstance(failure, SuspiciousOperation):
        return problems.response(400)
    if isinstance(failure, OperationalError | InterfaceError):
        logger.error("The database does not answer: %s", failure)
        return unavailable()
    logger.error("An endpoint failed", exc_info=failure)
    return internal()


def unavailable() -> HttpResponse:
    return problems.response(
        503, detail=_("This is not available right now. Try again in a moment.")
    )


def internal() -> HttpResponse:
    return problems.response(
        500, detail=_("Something went wrong on our side. The request id helps to find it.")
    )


@csrf_exempt
def not_found(request: HttpRequest) -> HttpResponse:
    """Every address under /api/ that is none."""
    return problems.response(404, detail=_("There is nothing at this address."))


def _refusal(failure: APIException) -> HttpResponse:
    """The framework's own refusals: they carry one detail, or many where input is invalid."""
    headers = {}
    if challenge := getattr(failure, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if isinstance(failure, ValidationError):
        return problems.response(
            400,
            "invalid",
            _("Some of the input is wrong."),
            errors=_flat(failure.detail),
            headers=headers,
        )
    code = str(failure.get_codes()).replace("permission_denied", "forbidden")
    return problems.response(failure.status_code, code, str(failure.detail), headers=headers)


def _flat(detail: Any, path: str = "") -> Iterator[FieldError]:
    """Nested errors of the framework as a list, with dotted paths as fields."""
    if isinstance(detail, ErrorDetail):
        yield FieldError(field=path or None, code=str(detail.code), message=str(detail))
    elif isinstance(detail, Mapping):
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            yield from _flat(inner, ".".join(filter(None, (path, own))))
    else:
        for position, inner in enumerate(detail):
            nested = not isinstance(inner, ErrorDetail)
            yield from _flat(inner, f"{path}.{position}" if nested else path)
