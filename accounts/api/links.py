"""The connect links of the API: somebody else's browser connects the account."""

from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.response import Response

from accounts import selectors
from accounts.api import examples
from accounts.api.answers import ConnectLinkAnswer, ConnectLinkList, connect_link_answer
from accounts.api.inputs import ConnectLinkInput, LinkQuery
from accounts.google.scopes import Bundle
from accounts.requests import ApiRequest
from accounts.services import connecting
from core import idempotency
from core.api import ApiView, Page
from core.idempotency import Answer


class LinksView(ApiView):
    knows_tenants = True
    scopes = {"GET": "credentials:read", "POST": "credentials:write"}
    queries = {"GET": LinkQuery}
    refusals = {
        "POST": {
            400: {"return_url_not_allowed": "Its origin is not on this site's list."},
            409: {"google_not_configured": "This site has no Google client yet."},
            422: {"idempotency_mismatch": "The key was used for a different request."},
        }
    }

    @extend_schema(
        operation_id="list_connect_links",
        responses=OpenApiResponse(ConnectLinkList, "A page of links.", [examples.LINK_PAGE]),
    )
    def get(self, request: ApiRequest) -> Response:
        """List connect links. Your own, newest first; staff see everybody's."""
        found = selectors.list_connect_links(user=request.user)
        page = Page(found, **self.query)
        return Response(page.answer([connect_link_answer(link) for link in page.results]))

    @extend_schema(
        operation_id="make_connect_link",
        request=ConnectLinkInput,
        parameters=[idempotency.PARAMETER],
        examples=[examples.LINK_REQUEST],
        responses={201: OpenApiResponse(ConnectLinkAnswer, "Made.", [examples.NEW_LINK])},
    )
    def post(self, request: ApiRequest) -> Response:
        """Make a connect link. Whoever opens it connects a Google account to you.

        It works once and for ten minutes, and needs no account on this site. Follow it by its
        id until its status is no longer `pending`.
        """
        wanted = {"bundles": [Bundle.CLASSROOM.value], **self.read(ConnectLinkInput)}

        def make_it() -> Answer:
            link, token = connecting.create_connect_link(by=request.user, **wanted)
            url = request.build_absolute_uri(reverse("google:link", args=[token]))
            answer = connect_link_answer(link, url=url)
            return Answer(status.HTTP_201_CREATED, answer, secret=True)

        return idempotency.answer_once(request, make_it)


class LinkView(ApiView):
    knows_tenants = True
    scopes = {"GET": "credentials:read"}

    @extend_schema(
        operation_id="get_connect_link",
        responses=OpenApiResponse(ConnectLinkAnswer, "The link.", examples.LINK_STATES),
    )
    def get(self, request: ApiRequest, link_id: int) -> Response:
        """Follow a connect link. Once connected it names the credential."""
        link = selectors.get_connect_link(user=request.user, link_id=link_id)
        return Response(connect_link_answer(link))
