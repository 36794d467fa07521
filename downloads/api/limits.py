"""The API of limits, and of the queue as a whole: look, pause, go on."""

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.response import Response

from accounts.requests import ApiRequest
from core.api import ApiView
from downloads.api.limit_answers import (
    CHANGE,
    EVERYBODY,
    LIMITS,
    QUEUE,
    LimitsAnswer,
    LimitsInput,
    PauseInput,
    QueueAnswer,
    limits_answer,
    queue_answer,
)
from downloads.selectors import limits as selectors
from downloads.services import limits

STAFF_ONLY = {403: {"staff_only": "Only staff do so for everybody."}}


class LimitsView(ApiView):
    scopes = {"GET": "downloads:read", "PATCH": "admin"}
    refusals = {"PATCH": STAFF_ONLY}

    @extend_schema(
        operation_id="get_download_limits",
        responses=OpenApiResponse(LimitsAnswer, "What is in force for you.", [LIMITS]),
    )
    def get(self, request: ApiRequest) -> Response:
        """See the limits. Those of the installation, your space, and sites that are left alone."""
        return Response(limits_answer(selectors.limits_of(request.user)))

    @extend_schema(
        operation_id="change_download_limits",
        request=LimitsInput,
        examples=[CHANGE],
        responses=OpenApiResponse(LimitsAnswer, "What is in force now.", [LIMITS]),
    )
    def patch(self, request: ApiRequest) -> Response:
        """Change the limits. They hold for everybody, at once; what runs goes on.

        Of the bandwidth what runs hears within some seconds.
        """
        wanted = self.read(LimitsInput)
        if "allowed_extensions" in wanted:
            wanted["allowed_extensions"] = ", ".join(wanted["allowed_extensions"])
        limits.change_policy(by=request.user, **wanted)
        return Response(limits_answer(selectors.limits_of(request.user)))


class QueueView(ApiView):
    scopes = {"GET": "downloads:read"}

    @extend_schema(
        operation_id="get_queue",
        responses=OpenApiResponse(QueueAnswer, "The queue.", [QUEUE]),
    )
    def get(self, request: ApiRequest) -> Response:
        """See the queue as a whole. Whether downloads begin, and if not, why and until when."""
        return Response(queue_answer(selectors.queue_state(user=request.user)))


class PauseView(ApiView):
    scopes = {"POST": "downloads:write"}
    refusals = {"POST": STAFF_ONLY}

    @extend_schema(
        operation_id="pause_queue",
        request=PauseInput,
        examples=[EVERYBODY],
        responses=OpenApiResponse(QueueAnswer, "It is paused.", [QUEUE]),
    )
    def post(self, request: ApiRequest) -> Response:
        """Pause your queue. Nothing new of yours is begun; what runs goes on.

        Staff stop everybody's with `everybody`. To pause twice changes nothing.
        """
        limits.pause(by=request.user, **self.read(PauseInput))
        return Response(queue_answer(selectors.queue_state(user=request.user)))


class ResumeView(ApiView):
    scopes = {"POST": "downloads:write"}
    refusals = {"POST": STAFF_ONLY}

    @extend_schema(
        operation_id="resume_queue",
        request=PauseInput,
        examples=[EVERYBODY],
        responses=OpenApiResponse(QueueAnswer, "It goes on.", [QUEUE]),
    )
    def post(self, request: ApiRequest) -> Response:
        """Resume your queue. Staff let everybody's go on with `everybody`."""
        limits.resume(by=request.user, **self.read(PauseInput))
        return Response(queue_answer(selectors.queue_state(user=request.user)))
