"""The cleaning API: for staff. Clean, look what would be removed, and read what was."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.response import Response

from accounts.requests import ApiRequest
from core import idempotency
from core.api import ApiView, Page
from core.idempotency import Answer
from downloads.api.cleaning_answers import (
    CleaningAnswer,
    CleaningInput,
    CleaningList,
    CleaningQuery,
    CleaningReport,
    cleaning_answer,
    cleaning_report,
)
from downloads.selectors import cleaning as selectors
from downloads.services import cleanings

STAFF_ONLY = {403: {"forbidden": "Only staff clean."}}

_RUN: dict[str, Any] = {
    "id": 31,
    "task": "orphaned",
    "dry_run": True,
    "status": "completed",
    "requested_by": "clara",
    "found": 1,
    "removed": 0,
    "owners_warned": 0,
    "freed_bytes": 791367,
    "error_code": None,
    "error_detail": None,
    "available_at": "2026-11-20T12:00:00Z",
    "created_at": "2026-11-20T12:00:00Z",
    "started_at": "2026-11-20T12:00:00Z",
    "finished_at": "2026-11-20T12:00:02Z",
}
_ROW: dict[str, Any] = {
    "what": "file",
    "id": None,
    "title": "d0/d42-5b1f09c2",
    "owner": None,
    "size_bytes": 791367,
    "number": 1,
    "reason": "unreferenced",
    "message": "Nothing refers to it any more.",
    "done": False,
}
_WAITING = {**_RUN, "status": "queued", "found": 0, "freed_bytes": 0}
_WAITING |= {"started_at": None, "finished_at": None}

REQUEST = OpenApiExample("Look first", {"task": "orphaned", "dry_run": True}, request_only=True)
QUEUED = OpenApiExample("Queued", _WAITING)
PAGE = OpenApiExample("Page", {"results": [_RUN], "total": 1, "limit": 50, "offset": 0})
REPORT = OpenApiExample("Report", {**_RUN, "report": [_ROW]})


class CleaningsView(ApiView):
    scopes = {"GET": "admin", "POST": "admin"}
    queries = {"GET": CleaningQuery}
    refusals = {
        "GET": STAFF_ONLY,
        "POST": {
            **STAFF_ONLY,
            422: {"idempotency_mismatch": "The key was used for a different request."},
        },
    }

    @extend_schema(
        operation_id="list_cleanings",
        tags=["maintenance"],
        responses=OpenApiResponse(CleaningList, "A page of them.", [PAGE]),
    )
    def get(self, request: ApiRequest) -> Response:
        """List cleanings. Newest first; those that wait for their time are among them."""
        limit, offset = self.query.pop("limit"), self.query.pop("offset")
        found = selectors.list_cleanings(user=request.user, **self.query)
        page = Page(found, limit=limit, offset=offset)
        return Response(page.answer([cleaning_answer(run) for run in page.results]))

    @extend_schema(
        operation_id="start_cleaning",
        tags=["maintenance"],
        request=CleaningInput,
        parameters=[idempotency.PARAMETER],
        examples=[REQUEST],
        responses={202: OpenApiResponse(CleaningAnswer, "It begins.", [QUEUED])},
    )
    def post(self, request: ApiRequest) -> Response:
        """Clean now. Or, as a dry run, only find out what would be removed.

        One that is under way already is answered.
        """
        given = self.read(CleaningInput)

        def start() -> Answer:
            run = cleanings.request_cleaning(by=request.user, **given)
            return Answer(status.HTTP_202_ACCEPTED, cleaning_answer(run))

        return idempotency.answer_once(request, start)


class CleaningView(ApiView):
    scopes = {"GET": "admin", "DELETE": "admin"}
    refusals = {"DELETE": STAFF_ONLY}

    @extend_schema(
        operation_id="get_cleaning",
        tags=["maintenance"],
        responses=OpenApiResponse(CleaningReport, "With its report.", [REPORT]),
    )
    def get(self, request: ApiRequest, cleaning_id: int) -> Response:
        """Read a cleaning. How far it is, and line by line what it found."""
        run = selectors.get_cleaning(user=request.user, cleaning_id=cleaning_id)
        return Response(cleaning_report(run))

    @extend_schema(
        operation_id="cancel_cleaning",
        tags=["maintenance"],
        responses={204: OpenApiResponse(description="It has stopped, or had ended before.")},
    )
    def delete(self, request: ApiRequest, cleaning_id: int) -> Response:
        """Stop a cleaning. What it has removed by then is gone."""
        run = selectors.get_cleaning(user=request.user, cleaning_id=cleaning_id)
        cleanings.cancel_cleaning(by=request.user, run=run)
        return Response(status=status.HTTP_204_NO_CONTENT)
