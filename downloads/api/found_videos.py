"""The API of videos that are known of: noted by hand or found by a check, fetched or not."""

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.response import Response

from accounts.requests import ApiRequest
from core import idempotency
from core.api import ApiView, Page
from core.fields import Input
from core.idempotency import Answer
from downloads.api import subscription_examples as examples
from downloads.api.answers import QueuedList
from downloads.api.examples import SEVERAL
from downloads.api.subscription_answers import (
    FoundVideoAnswer,
    FoundVideoList,
    found_answers,
)
from downloads.api.subscription_inputs import FoundChanges, FoundQuery, VideoInput
from downloads.api.subscriptions import queued_list
from downloads.models import FoundVideo
from downloads.selectors import subscriptions as selectors
from downloads.selectors.subscriptions import FoundFilter
from downloads.services import subscriptions
from library.api.views import VideosView


class NotedVideosView(VideosView):
    """The library's list; what is posted to it is noted, to be fetched or not."""

    scopes = {**VideosView.scopes, "POST": "downloads:write"}
    refusals = {
        **VideosView.refusals,
        "POST": {
            400: {
                "invalid_url": "The address is none that can be downloaded.",
                "network.blocked_address": "The address is not on the public internet.",
            },
            404: {"not_found": "The subscription is not there, or not yours."},
            422: {"idempotency_mismatch": "The key was used for a different request."},
        },
    }

    @extend_schema(
        operation_id="note_video",
        tags=["subscriptions"],
        request=VideoInput,
        parameters=[idempotency.PARAMETER],
        examples=[examples.VIDEO_REQUEST],
        responses={
            201: OpenApiResponse(FoundVideoAnswer, "Noted.", [examples.REGISTERED]),
            200: OpenApiResponse(FoundVideoAnswer, "It was known before.", [examples.REGISTERED]),
        },
    )
    def post(self, request: ApiRequest) -> Response:
        """Note a video without fetching it. In the list of a subscription, or by itself.

        Fetch it by `POST /found-videos/{id}/download`.
        """
        given = self.read(VideoInput)
        one = None
        if pk := given.pop("subscription_id", None):
            one = selectors.own_subscription(user=request.user, subscription_id=pk)

        def note_it() -> Answer:
            noted = subscriptions.register_video(by=request.user, subscription=one, **given)
            code = status.HTTP_201_CREATED if noted.created else status.HTTP_200_OK
            return Answer(code, _one(noted.found))

        return idempotency.answer_once(request, note_it)


class FoundVideosView(ApiView):
    scopes = {"GET": "downloads:read"}
    queries = {"GET": FoundQuery}

    @extend_schema(
        operation_id="list_found_videos",
        tags=["subscriptions"],
        responses=OpenApiResponse(FoundVideoList, "A page of them.", [examples.FOUND_PAGE]),
    )
    def get(self, request: ApiRequest) -> Response:
        """List found videos. Of all your subscriptions, and those noted by hand; staff see all."""
        wanted = dict(self.query)
        paging = {name: wanted.pop(name) for name in ("limit", "offset")}
        found = selectors.list_found(user=request.user, filter=FoundFilter(**wanted))
        page = Page(found, **paging)
        return Response(page.answer(found_answers(page.results)))


class FoundVideoView(ApiView):
    scopes = {
        "GET": "downloads:read",
        "PATCH": "subscriptions:write",
        "DELETE": "subscriptions:write",
    }
    refusals = {"DELETE": {409: {"found_by_check": "The next check would find it again."}}}

    @extend_schema(
        operation_id="get_found_video",
        tags=["subscriptions"],
        responses=OpenApiResponse(FoundVideoAnswer, "The one.", [examples.FOUND]),
    )
    def get(self, request: ApiRequest, found_id: int) -> Response:
        """Read a found video. With what has become of it."""
        return Response(_one(selectors.get_found(user=request.user, found_id=found_id)))

    @extend_schema(
        operation_id="change_found_video",
        tags=["subscriptions"],
        request=FoundChanges,
        examples=[examples.ASIDE],
        responses=OpenApiResponse(FoundVideoAnswer, "As it is now.", [examples.FOUND]),
    )
    def patch(self, request: ApiRequest, found_id: int) -> Response:
        """Set a found video aside. No rule fetches it then; or take that back."""
        found = selectors.get_found(user=request.user, found_id=found_id)
        given = self.read(FoundChanges)
        subscriptions.set_aside(by=request.user, found=found, ignored=given["ignored"])
        return Response(_one(selectors.get_found(user=request.user, found_id=found_id)))

    @extend_schema(
        operation_id="delete_found_video",
        tags=["subscriptions"],
        responses={204: OpenApiResponse(description="It is on the list no longer.")},
    )
    def delete(self, request: ApiRequest, found_id: int) -> Response:
        """Forget a video that was noted by hand. What was fetched of it stays."""
        found = selectors.get_found(user=request.user, found_id=found_id)
        subscriptions.forget_found(by=request.user, found=found)
        return Response(status=status.HTTP_204_NO_CONTENT)


class FoundDownloadView(ApiView):
    scopes = {"POST": "downloads:write"}
    refusals = {
        "POST": {422: {"idempotency_mismatch": "The key was used for a different request."}}
    }

    @extend_schema(
        operation_id="download_found_video",
        tags=["subscriptions"],
        request=None,
        parameters=[idempotency.PARAMETER],
        responses={201: OpenApiResponse(QueuedList, "Queued, linked, or under way.", [SEVERAL])},
    )
    def post(self, request: ApiRequest, found_id: int) -> Response:
        """Download a found video. As its subscription wants its videos."""
        found = selectors.get_found(user=request.user, found_id=found_id)
        self.read(Input)

        def queue_it() -> Answer:
            queued = subscriptions.download_found(
                by=request.user, subscription=found.subscription, found_ids=[found.pk]
            )
            return Answer(status.HTTP_201_CREATED, queued_list(queued))

        return idempotency.answer_once(request, queue_it)


def _one(found: FoundVideo) -> FoundVideoAnswer:
    return found_answers([found])[0]
