"""The API of whole courses: look before, download all, follow, cancel, retry, take home."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.response import Response

from accounts.models import User
from accounts.requests import ApiRequest
from core import idempotency
from core.api import ApiView, Page, PageQuery
from core.fields import Input
from core.idempotency import Answer
from core.negotiation import WhateverIsAccepted
from courses.keys import Key
from courses.models import Course
from courses.selectors import courses
from downloads.api import batch_examples as examples
from downloads.api.answers import BulkAnswer, bulk_answer, download_answers
from downloads.api.batch_answers import (
    BatchAnswer,
    BatchList,
    DownloadAllAnswer,
    ItemList,
    PreviewAnswer,
    batch_answer,
    download_all_answer,
    item_answer,
    preview_answer,
)
from downloads.api.inputs import BatchQuery, DownloadAllInput, PreviewQuery
from downloads.models import BatchDownload
from downloads.selectors import batches
from downloads.selectors.batches import BatchFilter
from downloads.selectors.credentials import choose
from downloads.selectors.preview import Choice, preview
from downloads.services import archive
from downloads.services import batches as work

ACCOUNTS = {
    400: {"credential_without_course": "That Google account does not see the course."},
    409: {"no_account": "None of your Google accounts sees the course."},
}


class PreviewView(ApiView):
    knows_tenants = True
    scopes = {"GET": "courses:read"}
    queries = {"GET": PreviewQuery}
    refusals = {"GET": ACCOUNTS}

    @extend_schema(
        operation_id="preview_download_all",
        tags=["downloads"],
        responses=OpenApiResponse(PreviewAnswer, "What would be done.", [examples.PREVIEW]),
    )
    def get(self, request: ApiRequest, course_id: Key) -> Response:
        """Look before downloading a whole course. What is there, what you hold, what cannot come.

        Also how many bytes that is, as far as the sources tell, against the room on the disk.
        """
        asked = dict(self.query)
        course, chosen = _from(request.user, course_id, asked)
        wanted = Choice(
            include=[asked["include"]] if "include" in asked else [],
            exclude_kinds=asked.get("exclude_kinds", []),
        )
        found = preview(user=request.user, course=course, credential=chosen, choice=wanted)
        return Response(preview_answer(found))


class DownloadAllView(ApiView):
    knows_tenants = True
    scopes = {"POST": "courses:write"}
    refusals = {
        "POST": {**ACCOUNTS, 422: {"idempotency_mismatch": "The key stands for another request."}}
    }

    @extend_schema(
        operation_id="download_all",
        tags=["downloads"],
        request=DownloadAllInput,
        parameters=[idempotency.PARAMETER],
        examples=[examples.REQUEST],
        responses={202: OpenApiResponse(DownloadAllAnswer, "A batch.", [examples.MADE])},
    )
    def post(self, request: ApiRequest, course_id: Key) -> Response:
        """Download a whole course. What you hold already and what is out of reach is left out.

        What is under way already becomes part of the batch. Follow it by `job_id`.
        """
        given = self.read(DownloadAllInput)
        course, chosen = _from(request.user, course_id, given)

        def download_it() -> Answer:
            batch = work.download_course(
                by=request.user, course=course, credential=chosen, **_wishes(given)
            )
            skipped = batches.list_skipped(user=request.user, batch=batch)
            answer = download_all_answer(batch, batches.state_of(batch), skipped)
            return Answer(status.HTTP_202_ACCEPTED, answer)

        return idempotency.answer_once(request, download_it)


class BatchesView(ApiView):
    knows_tenants = True
    scopes = {"GET": "downloads:read"}
    queries = {"GET": BatchQuery}
    refusals = {"GET": {404: {"not_found": "The course to filter by is not there, or not yours."}}}

    @extend_schema(
        operation_id="list_batches",
        tags=["downloads"],
        responses=OpenApiResponse(BatchList, "A page of batches.", [examples.PAGE]),
    )
    def get(self, request: ApiRequest) -> Response:
        """List batches. Your own, newest first; staff see everybody's."""
        wanted = dict(self.query)
        limit, offset = wanted.pop("limit"), wanted.pop("offset")
        if "course_id" in wanted:
            key = wanted["course_id"]
            wanted["course_id"] = courses.get_course(user=request.user, course_id=key).pk
        found = batches.list_batches(user=request.user, filter=BatchFilter(**wanted))
        page = Page(found, limit=limit, offset=offset)
        states = batches.states_of(page.results)
        return Response(page.answer([batch_answer(one, states[one.pk]) for one in page.results]))


class BatchView(ApiView):
    knows_tenants = True
    scopes = {"GET": "downloads:read"}

    @extend_schema(
        operation_id="get_batch",
        tags=["downloads"],
        responses=OpenApiResponse(BatchAnswer, "The batch.", [examples.BATCH]),
    )
    def get(self, request: ApiRequest, job_id: int) -> Response:
        """Follow a batch. Its counters are those of its downloads at this moment."""
        return Response(_one(batches.get_batch(user=request.user, batch_id=job_id)))


class ItemsView(ApiView):
    knows_tenants = True
    scopes = {"GET": "downloads:read"}
    queries = {"GET": PageQuery}

    @extend_schema(
        operation_id="list_batch_items",
        tags=["downloads"],
        responses=OpenApiResponse(ItemList, "A page of its videos.", [examples.ITEMS]),
    )
    def get(self, request: ApiRequest, job_id: int) -> Response:
        """List what is in a batch. In the order of the course, with what was left out and why."""
        batch = batches.get_batch(user=request.user, batch_id=job_id)
        page = Page(batches.list_items(user=request.user, batch=batch), **self.query)
        found = batches.downloads_of(user=request.user, items=page.results)
        told = {answer["id"]: answer for answer in download_answers(found)}
        return Response(page.answer([item_answer(item, told) for item in page.results]))


class CancelView(ApiView):
    knows_tenants = True
    scopes = {"POST": "downloads:write"}

    @extend_schema(
        operation_id="cancel_batch",
        tags=["downloads"],
        request=None,
        responses=OpenApiResponse(BatchAnswer, "It has stopped.", [examples.BATCH]),
    )
    def post(self, request: ApiRequest, job_id: int) -> Response:
        """Cancel a batch. All of it that has not ended; what is complete stays."""
        batch = batches.get_batch(user=request.user, batch_id=job_id)
        self.read(Input)
        work.cancel_batch(by=request.user, batch=batch)
        return Response(_one(batch))


class RetryFailedView(ApiView):
    knows_tenants = True
    scopes = {"POST": "downloads:write"}

    @extend_schema(
        operation_id="retry_failed_of_batch",
        tags=["downloads"],
        request=None,
        responses=OpenApiResponse(BulkAnswer, "What was done.", [examples.RETRIED]),
    )
    def post(self, request: ApiRequest, job_id: int) -> Response:
        """Retry what failed in a batch. What was cancelled as well."""
        batch = batches.get_batch(user=request.user, batch_id=job_id)
        self.read(Input)
        return Response(bulk_answer(work.retry_failed(by=request.user, batch=batch)))


class ZipView(ApiView):
    knows_tenants = True
    scopes = {"GET": "library:read"}  # it is the videos themselves, not how they came
    refusals = {"GET": {409: {"nothing_finished": "Nothing of it has been downloaded yet."}}}
    content_negotiation_class = WhateverIsAccepted

    @extend_schema(
        operation_id="get_batch_zip",
        tags=["downloads"],
        responses={
            (200, "application/zip"): OpenApiResponse(OpenApiTypes.BINARY, "Folders by topic.")
        },
    )
    def get(self, request: ApiRequest, job_id: int) -> HttpResponseBase:
        """Get what is complete as a ZIP. It is made while it is sent, in folders by topic."""
        batch = batches.get_batch(user=request.user, batch_id=job_id)
        return archive.zip_response(user=request.user, batch=batch)


def _from(user: User, course_id: Key, given: dict[str, Any]) -> tuple[Course, Any]:
    """The course, and the account to fetch it with, which is taken out of `given`."""
    course = courses.get_course(user=user, course_id=course_id)
    named = given.pop("credential_id", None)
    return course, choose(user=user, course=course, credential_id=named)


def _wishes(given: Mapping[str, Any]) -> dict[str, Any]:
    wanted = dict(given)
    names = ("include", "exclude_kinds", "video_ids")
    choice = Choice(**{name: wanted.pop(name) for name in names if name in wanted})
    return {**wanted, "choice": choice}


def _one(batch: BatchDownload) -> BatchAnswer:
    return batch_answer(batch, batches.state_of(batch))
