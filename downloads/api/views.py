"""The downloads API: queue, list, follow, cancel, retry, one or many."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import limits
from accounts.models import User
from accounts.requests import ApiRequest
from core import idempotency
from core.api import ApiView
from core.fields import Input
from core.idempotency import Answer
from courses.selectors import courses
from courses.selectors.coursework import get_coursework
from downloads.api import examples
from downloads.api.answers import (
    BulkAnswer,
    DownloadAnswer,
    DownloadList,
    QueuedList,
    bulk_answer,
    download_answers,
)
from downloads.api.asking import request_of
from downloads.api.inputs import BulkInput, CancelQuery, DownloadInput, ListQuery, ProbeQuery
from downloads.api.paging import CursorPage
from downloads.models import Download
from downloads.selectors import downloads
from downloads.selectors.credentials import choose
from downloads.selectors.downloads import DownloadFilter
from downloads.services import batches, bulk, probing, queueing, subscriptions
from downloads.services.queueing import Queued
from downloads.services.requests import QueueRequest

_OF_COURSE = ("course_id", "coursework_id", "video_ids")
QUEUED = {
    "oneOf": [
        {"$ref": "#/components/schemas/DownloadAnswer"},
        {
            "type": "object",
            "properties": {
                "results": {
                    "type": "array",
                    "items": {"$ref": "#/components/schemas/DownloadAnswer"},
                },
                "total": {"type": "integer"},
            },
            "required": ["results", "total"],
        },
    ]
}


class DownloadsView(ApiView):
    knows_tenants = True
    scopes = {"GET": "downloads:read", "POST": "downloads:write"}
    queries = {"GET": ListQuery, "POST": ProbeQuery}
    refusals = {
        "GET": {404: {"not_found": "The course to filter by is not there, or not yours."}},
        "POST": {
            400: {
                "invalid_url": "The address is none that can be downloaded.",
                "network.blocked_address": "The address is not on the public internet.",
                "is_a_list": "A playlist or channel: ask `/listings` for what is in it.",
                "no_video": "The coursework has no video.",
                "credential_without_course": "That Google account does not see the course.",
                "unknown_preset": "Staff have no such preset ready.",
            },
            403: {"priority_reserved": "Only staff go before others."},
            404: {"not_found": "Course, coursework, video or account is not there, or not yours."},
            409: {"no_account": "None of your Google accounts sees the course."},
            422: {
                "idempotency_mismatch": "The key was used for a different request.",
                "source.private": "With `probe`: why the source does not give it, by the codes of "
                "failed downloads.",
            },
            429: {
                "too_many": "Too many requests, or more than 20 with `probe` within a minute; "
                "`Retry-After` says in how many seconds to go on."
            },
        },
    }

    def rate_of(self, request: Request) -> str:
        """To ask the source at once has a limit of its own."""
        asks = request.method == "POST" and request.query_params.get("probe") == "true"
        return limits.PROBE if asks else super().rate_of(request)

    @extend_schema(
        operation_id="list_downloads",
        responses=OpenApiResponse(DownloadList, "A page of downloads.", [examples.PAGE]),
    )
    def get(self, request: ApiRequest) -> Response:
        """List downloads. Your own, newest first; staff see everybody's."""
        paging = {name: self.query.pop(name, None) for name in ("limit", "offset", "cursor")}
        wanted = filter_of(request.user, self.query)
        found = downloads.list_downloads(user=request.user, filter=wanted)
        page = CursorPage(found, **paging)
        return Response(page.answer(download_answers(page.results)))

    @extend_schema(
        operation_id="queue_download",
        request=DownloadInput,
        parameters=[idempotency.PARAMETER],
        examples=[examples.REQUEST, examples.COURSEWORK_REQUEST],
        responses={
            201: OpenApiResponse(
                QUEUED, "Queued, or linked. Several are answered as a list.", [examples.QUEUED]
            ),
            200: OpenApiResponse(QUEUED, "The same was under way.", [examples.PROBED]),
        },
    )
    def post(self, request: ApiRequest) -> Response:
        """Queue a video or all of a coursework. Follow what is fetched by its id.

        What you hold already is linked instead of fetched again, and what is under way already
        is answered with 200.
        """
        given = self.read(DownloadInput)
        place = {name: given.pop(name, None) for name in _OF_COURSE}
        wishes, probed = request_of(request.user, given), None
        if self.query["probe"] and not place["course_id"] and not idempotency.is_known(request):
            found = probing.probe(by=request.user, request=wishes)
            wishes, probed = found.request, found.answered

        def queue_it() -> Answer:
            queued = _queue(request.user, wishes, **place)
            if wishes.subscription:
                subscriptions.note_downloads(
                    by=request.user, downloads=[one.download for one in queued]
                )
            created = any(one.created for one in queued)
            code = status.HTTP_201_CREATED if created else status.HTTP_200_OK
            answers = download_answers([one.download for one in queued])
            if probed is not None:
                answers[0]["probed"] = probed
            several = QueuedList(results=answers, total=len(answers))
            return Answer(code, answers[0] if len(answers) == 1 else several)

        return idempotency.answer_once(request, queue_it)


class DownloadView(ApiView):
    knows_tenants = True
    scopes = {"GET": "downloads:read", "DELETE": "downloads:write"}
    queries = {"DELETE": CancelQuery}
    refusals = {
        "DELETE": {409: {"already_completed": "It is complete; `purge` deletes its video."}}
    }

    @extend_schema(
        operation_id="get_download",
        responses=OpenApiResponse(DownloadAnswer, "The download.", examples.STATES),
    )
    def get(self, request: ApiRequest, download_id: int) -> Response:
        """Follow a download. Its state, progress, file, or error with advice."""
        return Response(_one(downloads.get_download(user=request.user, download_id=download_id)))

    @extend_schema(
        operation_id="cancel_download",
        responses={204: OpenApiResponse(description="It has stopped, or had ended before.")},
    )
    def delete(self, request: ApiRequest, download_id: int) -> Response:
        """Cancel a download. What it has fetched so far is removed.

        One that failed or was cancelled stays as it is. With `purge` a completed one loses its
        video and the video's files.
        """
        download = downloads.get_download(user=request.user, download_id=download_id)
        queueing.cancel_download(by=request.user, download=download, **self.query)
        return Response(status=status.HTTP_204_NO_CONTENT)


class RetryView(ApiView):
    knows_tenants = True
    scopes = {"POST": "downloads:write"}
    refusals = {
        "POST": {
            409: {
                "not_retryable": "Only what failed or was cancelled starts again.",
                "already_under_way": "The same video is being downloaded.",
            }
        }
    }

    @extend_schema(
        operation_id="retry_download",
        request=None,
        responses=OpenApiResponse(DownloadAnswer, "It is queued again.", [examples.QUEUED]),
    )
    def post(self, request: ApiRequest, download_id: int) -> Response:
        """Retry a download. It goes on where it stopped, if its source allows that."""
        download = downloads.get_download(user=request.user, download_id=download_id)
        self.read(Input)
        again = queueing.retry_download(by=request.user, download=download)
        return Response(_one(again))


class BulkView(ApiView):
    knows_tenants = True
    scopes = {"POST": "downloads:write"}
    refusals = {
        "POST": {404: {"not_found": "The course to filter by is not there, or not yours."}}
    }

    @extend_schema(
        operation_id="bulk_downloads",
        request=BulkInput,
        examples=[examples.BULK_REQUEST],
        responses=OpenApiResponse(BulkAnswer, "What was done.", [examples.BULK]),
    )
    def post(self, request: ApiRequest) -> Response:
        """Cancel or retry many downloads. Those named by `ids`, or all that a filter finds.

        At most 500 are done at once, the newest first; `left` says how many more a filter finds.
        """
        given = self.read(BulkInput)
        action = given["action"]
        if "ids" in given:
            outcome = bulk.act_on_ids(by=request.user, action=action, ids=given["ids"])
        else:
            wanted = filter_of(request.user, given["filter"])
            outcome = bulk.act_on_found(by=request.user, action=action, filter=wanted)
        return Response(bulk_answer(outcome))


def filter_of(user: User, given: Mapping[str, Any]) -> DownloadFilter:
    """:raises NotFound: the course is none that this person sees"""
    wanted = dict(given)
    if "course_id" in wanted:
        wanted["course_id"] = courses.get_course(user=user, course_id=wanted["course_id"]).pk
    return DownloadFilter(**wanted)


def _queue(
    user: User,
    wishes: QueueRequest,
    *,
    course_id: str | int | None,
    coursework_id: str | int | None,
    video_ids: list[int] | None,
) -> list[Queued]:
    if course_id is None or coursework_id is None:
        return [queueing.queue_download(by=user, request=wishes)]
    course = courses.get_course(user=user, course_id=course_id)
    coursework = get_coursework(user=user, course=course, coursework_id=coursework_id)
    account = wishes.credential.pk if wishes.credential else None
    return batches.queue_coursework(
        by=user,
        coursework=coursework,
        credential=choose(user=user, course=course, credential_id=account),
        wishes=wishes,
        video_ids=video_ids,
    )


def _one(download: Download) -> DownloadAnswer:
    return download_answers([download])[0]
