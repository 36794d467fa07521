"""Whether the product lives and how it is, for those who restart it and those who watch it."""

from typing import Any, TypedDict

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import add_never_cache_headers
from django.views import View
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from core import problems
from core.api import ApiView
from core.shapes import moment
from monitoring import access, exposition
from monitoring.selectors import health, readiness
from monitoring.selectors.health import Report
from monitoring.selectors.parts import State


class LiveAnswer(TypedDict):
    """This process answers."""

    status: str


class LiveView(ApiView):
    """Asks nothing of anybody: no session, no database, no disk."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()

    @extend_schema(
        operation_id="health_live",
        tags=["health"],
        responses=OpenApiResponse(
            LiveAnswer, "It lives.", [OpenApiExample("Alive", {"status": "ok"})]
        ),
    )
    def get(self, request: Request) -> Response:
        """Whether the web server lives. A process that does not answer is to be started again."""
        return Response(LiveAnswer(status="ok"))


class ReadyView(View):
    """For a load balancer: whether requests can be served here. Open, like `live`."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        missing = readiness.problem()
        if missing:
            return _answer({"status": str(State.DOWN), "waits_for": missing}, ok=False)
        return _answer({"status": str(State.OK)}, ok=True)


class HealthView(View):
    """How everything is: to all in one word, to staff and METRICS_TOKEN part by part."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        report = health.examine()
        told: dict[str, Any] = {"status": report.status, "checked_at": moment(report.at)}
        if access.has_token(request) or (report.database_answers and access.is_staff(request)):
            told["checks"] = _checks(report)
        return _answer(told, ok=report.status is not State.DOWN)


class MetricsView(View):
    """For Prometheus. The figures of processes are those of this machine, all others of all."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        answers = health.database_answers()
        if not (
            access.has_token(request)
            or access.comes_from_listed_address(request)
            or (answers and access.is_staff(request))
        ):
            return problems.response(401, headers={"WWW-Authenticate": "Bearer"})
        response = HttpResponse(exposition.text(database=answers), exposition.CONTENT_TYPE)
        add_never_cache_headers(response)
        return response


def _checks(report: Report) -> dict[str, Any]:
    return {
        part.name: {"status": part.status, "message": str(part.message), **part.facts}
        for part in report.parts
    }


def _answer(told: dict[str, Any], *, ok: bool) -> HttpResponse:
    response = JsonResponse(
        told, status=200 if ok else 503, json_dumps_params={"ensure_ascii": False}
    )
    add_never_cache_headers(response)
    return response
