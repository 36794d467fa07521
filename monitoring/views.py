"""Whether the product lives, for those who restart it."""

from typing import TypedDict

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView


class LiveAnswer(TypedDict):
    """This process answers."""

    status: str


class LiveView(ApiView):
    """Asks nothing of anybody: no session, no database, no disk."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

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
