"""Looks at addresses through the API: ask, see what is there, pick of it."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.response import Response

from accounts import limits
from accounts.models import User
from accounts.requests import ApiRequest
from core import idempotency
from core.api import ApiView, Page, PageQuery
from core.idempotency import Answer
from downloads.api import examples as download_examples
from downloads.api import option_examples as examples
from downloads.api.answers import QueuedList, download_answers
from downloads.api.asking import request_of
from downloads.api.option_answers import (
    ListingAnswer,
    ListingList,
    entry_answer,
    listing_facts,
)
from downloads.api.option_inputs import ListingInput, ListingQuery, PickInput
from downloads.models import Listing
from downloads.selectors import listings
from downloads.services import listing as looks
from downloads.services import picking


class ListingsView(ApiView):
    scopes = {"GET": "downloads:read", "POST": "downloads:write"}
    queries = {"GET": PageQuery}
    rate = {"POST": limits.PROBE}
    refusals = {
        "POST": {
            400: {
                "invalid_url": "The address is none that can be looked at.",
                "network.blocked_address": "The address is not on the public internet.",
            },
            422: {"idempotency_mismatch": "The key was used for a different request."},
            429: {
                "too_many": "More than 20 looks within a minute; `Retry-After` says in how many "
                "seconds to go on."
            },
        }
    }

    @extend_schema(
        operation_id="list_listings",
        responses=OpenApiResponse(ListingList, "A page of looks.", [examples.LISTINGS]),
    )
    def get(self, request: ApiRequest) -> Response:
        """List looks at addresses. Your own of the last week, newest first."""
        page = Page(listings.list_listings(user=request.user).defer("entries"), **self.query)
        return Response(page.answer([listing_facts(one) for one in page.results]))

    @extend_schema(
        operation_id="look_at_address",
        request=ListingInput,
        parameters=[idempotency.PARAMETER],
        examples=[examples.LISTING_REQUEST],
        responses={202: OpenApiResponse(ListingAnswer, "Asked for.", [examples.ASKED])},
    )
    def post(self, request: ApiRequest) -> Response:
        """Look at a playlist or channel. What is in it is told, and nothing is downloaded.

        Follow it by its id until its status is `completed`.
        """
        given = self.read(ListingInput)

        def ask() -> Answer:
            made = looks.request_listing(by=request.user, **given)
            return Answer(status.HTTP_202_ACCEPTED, _answer(request.user, made))

        return idempotency.answer_once(request, ask)


class ListingView(ApiView):
    scopes = {"GET": "downloads:read", "DELETE": "downloads:write"}
    queries = {"GET": ListingQuery}

    @extend_schema(
        operation_id="get_listing",
        responses=OpenApiResponse(ListingAnswer, "The look.", [examples.LISTING]),
    )
    def get(self, request: ApiRequest, listing_id: int) -> Response:
        """See what is behind an address. Its videos, in the order of their source."""
        found = listings.get_listing(user=request.user, listing_id=listing_id)
        return Response(_answer(request.user, found, **self.query))

    @extend_schema(
        operation_id="delete_listing",
        responses={204: OpenApiResponse(description="It is forgotten.")},
    )
    def delete(self, request: ApiRequest, listing_id: int) -> Response:
        """Stop and forget a look. Downloads that were picked from it stay."""
        found = listings.get_listing(user=request.user, listing_id=listing_id)
        looks.remove_listing(by=request.user, listing=found)
        return Response(status=status.HTTP_204_NO_CONTENT)


class PickView(ApiView):
    scopes = {"POST": "downloads:write"}
    refusals = {
        "POST": {
            400: {"no_video": "There is none that can be downloaded."},
            403: {"priority_reserved": "Only staff go before others."},
            409: {"not_ready": "The list has not been read yet."},
            422: {"idempotency_mismatch": "The key was used for a different request."},
        }
    }

    @extend_schema(
        operation_id="download_from_listing",
        request=PickInput,
        parameters=[idempotency.PARAMETER],
        examples=[examples.PICK_REQUEST],
        responses={
            201: OpenApiResponse(QueuedList, "Queued, or linked.", [download_examples.SEVERAL]),
            200: OpenApiResponse(
                QueuedList, "All of it was under way.", [download_examples.SEVERAL]
            ),
        },
    )
    def post(self, request: ApiRequest, listing_id: int) -> Response:
        """Download from a list. The videos you pick, or all that are available; all or none."""
        found = listings.get_listing(user=request.user, listing_id=listing_id)
        given = self.read(PickInput)

        def queue_them() -> Answer:
            return _picked(request.user, found, given)

        return idempotency.answer_once(request, queue_them)


def _picked(user: User, listing: Listing, given: dict[str, Any]) -> Answer:
    places = given.pop("places", None)
    queued = picking.queue_picked(
        by=user, listing=listing, places=places, wishes=request_of(user, given)
    )
    created = any(one.created for one in queued)
    answers = download_answers([one.download for one in queued])
    code = status.HTTP_201_CREATED if created else status.HTTP_200_OK
    return Answer(code, QueuedList(results=answers, total=len(answers)))


def _answer(user: User, listing: Listing, search: str = "") -> ListingAnswer:
    found = listings.entries_of(user=user, listing=listing, search=search)
    return ListingAnswer(**listing_facts(listing), entries=[entry_answer(one) for one in found])
