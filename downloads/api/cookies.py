"""The cookies of the API: they go in, and are never shown."""

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.response import Response

from accounts.requests import ApiRequest
from core import idempotency
from core.api import ApiView, Page, PageQuery
from core.idempotency import Answer
from downloads.api import option_examples as examples
from downloads.api.option_answers import CookiesAnswer, CookiesList, cookies_answer
from downloads.api.option_inputs import CookiesChange, CookiesInput
from downloads.selectors import cookies as selectors
from downloads.services import cookies

_NOT_COOKIES = {
    "not_cookies": "There is no valid cookie of that site in it.",
}


class CookiesView(ApiView):
    scopes = {"GET": "credentials:read", "POST": "credentials:write"}
    queries = {"GET": PageQuery}
    refusals = {
        "POST": {
            400: {**_NOT_COOKIES, "several_sites": "There are several; name one of them."},
            409: {"too_many_sites": "One person can keep cookies of 100 sites."},
            422: {"idempotency_mismatch": "The key was used for a different request."},
        }
    }

    @extend_schema(
        operation_id="list_cookies",
        responses=OpenApiResponse(CookiesList, "A page of them.", [examples.COOKIES_PAGE]),
    )
    def get(self, request: ApiRequest) -> Response:
        """List cookies. Which sites you have given cookies of; staff see everybody's."""
        page = Page(selectors.list_jars(user=request.user), **self.query)
        return Response(page.answer([cookies_answer(jar) for jar in page.results]))

    @extend_schema(
        operation_id="save_cookies",
        request=CookiesInput,
        parameters=[idempotency.PARAMETER],
        examples=[examples.COOKIES_REQUEST],
        responses={
            201: OpenApiResponse(CookiesAnswer, "Kept.", [examples.COOKIES]),
            200: OpenApiResponse(CookiesAnswer, "In place of older ones.", [examples.COOKIES]),
        },
    )
    def post(self, request: ApiRequest) -> Response:
        """Save cookies of a site. Your downloads from it carry them from now on.

        Of the export only the cookies of that one site are kept, encrypted.
        """
        given = self.read(CookiesInput)

        def save_them() -> Answer:
            saved = cookies.save_cookies(by=request.user, **given)
            code = status.HTTP_201_CREATED if saved.created else status.HTTP_200_OK
            return Answer(code, cookies_answer(saved.jar))

        return idempotency.answer_once(request, save_them)


class CookieJarView(ApiView):
    scopes = {
        "GET": "credentials:read",
        "PATCH": "credentials:write",
        "DELETE": "credentials:write",
    }
    refusals = {"PATCH": {400: _NOT_COOKIES}}

    @extend_schema(
        operation_id="get_cookies",
        responses=OpenApiResponse(CookiesAnswer, "Their state.", [examples.COOKIES]),
    )
    def get(self, request: ApiRequest, jar_id: int) -> Response:
        """See whether cookies still work. Not what is in them."""
        return Response(cookies_answer(selectors.get_jar(user=request.user, jar_id=jar_id)))

    @extend_schema(
        operation_id="change_cookies",
        request=CookiesChange,
        examples=[examples.COOKIES_CHANGE],
        responses=OpenApiResponse(CookiesAnswer, "As they are now.", [examples.COOKIES]),
    )
    def patch(self, request: ApiRequest, jar_id: int) -> Response:
        """Change cookies. Turn them on or off, or replace them by fresh ones of the same site."""
        jar = selectors.get_jar(user=request.user, jar_id=jar_id)
        given = self.read(CookiesChange)
        return Response(cookies_answer(cookies.change_jar(by=request.user, jar=jar, **given)))

    @extend_schema(
        operation_id="delete_cookies",
        responses={204: OpenApiResponse(description="They are forgotten.")},
    )
    def delete(self, request: ApiRequest, jar_id: int) -> Response:
        """Delete cookies. Downloads from the site go without them again."""
        jar = selectors.get_jar(user=request.user, jar_id=jar_id)
        cookies.remove_jar(by=request.user, jar=jar)
        return Response(status=status.HTTP_204_NO_CONTENT)
