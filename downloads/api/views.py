"""The downloads API: queue, list, follow, cancel, retry."""

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.response import Response

from accounts.requests import ApiRequest
from core import idempotency
from core.api import ApiView, Page
from core.fields import Input
from core.idempotency import Answer
from downloads.api import examples
from downloads.api.answers import DownloadAnswer, DownloadList, download_answer
from downloads.api.inputs import CancelQuery, DownloadInput, ListQuery
from downloads.models import Download
from downloads.selectors import downloads, queue
from downloads.selectors.downloads import DownloadFilter
from downloads.services import queueing
from downloads.services.queueing import QueueRequest

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": idempotency.KEY_PATTERN, "example": "lesson-2026-11-20"},
    OpenApiParameter.HEADER,
    description="Any text without spaces. The same request sent again under the same key within "
    "a day is not done again; its first answer is repeated.",
)


class DownloadsView(ApiView):
    scopes = {"GET": "downloads:read", "POST": "downloads:write"}
    queries = {"GET": ListQuery}
    refusals = {
        "POST": {
            400: {
                "invalid_url": "The address is none that can be downloaded.",
                "network.blocked_address": "The address is not on the public internet.",
            },
            403: {"priority_reserved": "Only staff go before others."},
            422: {"idempotency_mismatch": "The key was used for a different request."},
        }
    }

    @extend_schema(
        operation_id="list_downloads",
        responses=OpenApiResponse(DownloadList, "A page of downloads.", [examples.PAGE]),
    )
    def get(self, request: ApiRequest) -> Response:
        """List downloads. Your own, newest first; staff see everybody's."""
        limit, offset = self.query.pop("limit"), self.query.pop("offset")
        found = downloads.list_downloads(user=request.user, filter=DownloadFilter(**self.query))
        page = Page(found, limit=limit, offset=offset)
        places = queue.positions_of(page.results)
        results = [download_answer(download, places) for download in page.results]
        return Response(page.answer(results))

    @extend_schema(
        operation_id="queue_download",
        request=DownloadInput,
        parameters=[IDEMPOTENCY_KEY],
        examples=[examples.REQUEST],
        responses={
            201: OpenApiResponse(DownloadAnswer, "Queued, or linked.", [examples.QUEUED]),
            200: OpenApiResponse(DownloadAnswer, "The same was under way.", [examples.QUEUED]),
        },
    )
    def post(self, request: ApiRequest) -> Response:
        """Queue a video. It is fetched in the background; follow it by its id.

        What you hold already is linked instead of fetched again, and what is under way already
        is answered with 200.
        """
        wanted = QueueRequest(**self.read(DownloadInput))

        def queue_it() -> Answer:
            queued = queueing.queue_download(by=request.user, request=wanted)
            code = status.HTTP_201_CREATED if queued.created else status.HTTP_200_OK
            return Answer(code, _one(queued.download))

        return idempotency.answer_once(request, queue_it)


class DownloadView(ApiView):
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


def _one(download: Download) -> DownloadAnswer:
    return download_answer(download, {download.pk: queue.position_of(download)})
