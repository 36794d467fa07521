"""One's own API keys. A key makes no keys: people do, signed in."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors
from accounts.api import people_examples as examples
from accounts.api.people_answers import (
    ApiKeyAnswer,
    ApiKeyList,
    NewApiKeyAnswer,
    api_key_answer,
)
from accounts.api.people_inputs import ApiKeyInput, ApiKeyQuery
from accounts.requests import ApiRequest
from accounts.services import api_keys
from core import idempotency
from core.api import ApiView, Page
from core.idempotency import Answer


class ApiKeysView(ApiView):
    queries = {"GET": ApiKeyQuery}
    refusals = {
        "POST": {
            409: {"too_many_keys": "Revoke one first."},
            422: {"idempotency_mismatch": "The key was used for a different request."},
        }
    }

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        return answer

    @extend_schema(
        operation_id="list_api_keys",
        responses=OpenApiResponse(ApiKeyList, "A page of keys.", [examples.KEY_PAGE]),
    )
    def get(self, request: ApiRequest) -> Response:
        """List your API keys. Newest first, revoked ones too."""
        page = Page(selectors.list_api_keys(user=request.user), **self.query)
        return Response(page.answer([api_key_answer(key) for key in page.results]))

    @extend_schema(
        operation_id="make_api_key",
        request=ApiKeyInput,
        parameters=[idempotency.PARAMETER],
        examples=[examples.KEY_REQUEST],
        responses={201: OpenApiResponse(NewApiKeyAnswer, "Made.", [examples.NEW_KEY])},
    )
    def post(self, request: ApiRequest) -> Response:
        """Make an API key. It is told in this answer and never again."""
        given = self.read(ApiKeyInput)

        def make_it() -> Answer:
            key, secret = api_keys.create_api_key(by=request.user, owner=request.user, **given)
            answer = NewApiKeyAnswer(**api_key_answer(key), key=secret)
            return Answer(status.HTTP_201_CREATED, answer, secret=True)

        return idempotency.answer_once(request, make_it)


class ApiKeyView(ApiView):
    @extend_schema(
        operation_id="get_api_key",
        responses=OpenApiResponse(ApiKeyAnswer, "The key's facts.", [examples.KEY]),
    )
    def get(self, request: ApiRequest, key_id: int) -> Response:
        """Read what an API key may do. The key itself is not kept."""
        return Response(api_key_answer(selectors.get_api_key(user=request.user, key_id=key_id)))

    @extend_schema(
        operation_id="revoke_api_key",
        responses={204: OpenApiResponse(description="It opens nothing any more.")},
    )
    def delete(self, request: ApiRequest, key_id: int) -> Response:
        """Revoke an API key. At once and for good; revoking it again changes nothing."""
        key = selectors.get_api_key(user=request.user, key_id=key_id)
        api_keys.revoke_api_key(by=request.user, key=key)
        return Response(status=status.HTTP_204_NO_CONTENT)
