"""The subscriptions API: watch a source, follow what it brings, fetch what was found."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.response import Response

from accounts.models import User
from accounts.requests import ApiRequest
from core import idempotency
from core.api import ApiView, Page
from core.fields import Input
from core.idempotency import Answer
from courses.selectors import courses
from downloads.api import subscription_examples as examples
from downloads.api.answers import QueuedList, download_answers
from downloads.api.examples import SEVERAL
from downloads.api.subscription_answers import (
    FoundVideoList,
    SubscriptionAnswer,
    SubscriptionList,
    found_answers,
    subscription_answers,
)
from downloads.api.subscription_inputs import (
    FoundDownloadInput,
    FoundOfSubscriptionQuery,
    SubscriptionChanges,
    SubscriptionInput,
    SubscriptionQuery,
)
from downloads.models import Subscription
from downloads.selectors import subscriptions as selectors
from downloads.selectors.credentials import own_credential
from downloads.selectors.subscriptions import FoundFilter, SubscriptionFilter
from downloads.services import subscriptions
from downloads.services.queueing import Queued
from downloads.services.subscriptions import Source

NOTHING_NEW = {400: {"nothing_new": "All of it was asked for before."}}


class SubscriptionsView(ApiView):
    scopes = {"GET": "downloads:read", "POST": "subscriptions:write"}
    queries = {"GET": SubscriptionQuery}
    refusals = {
        "GET": {404: {"not_found": "The course to filter by is not there, or not yours."}},
        "POST": {
            400: {
                "not_watchable": "Only channels, playlists and courses can be watched.",
                "invalid_url": "The address is none that can be downloaded.",
                "credential_without_course": "That Google account does not see the course.",
            },
            404: {"not_found": "The course or the account is not there, or not yours."},
            409: {
                "already_watched": "You watch this already.",
                "no_account": "None of your Google accounts sees the course.",
                "too_many_subscriptions": "One person can watch 500 sources.",
            },
            422: {"idempotency_mismatch": "The key was used for a different request."},
        },
    }

    @extend_schema(
        operation_id="list_subscriptions",
        tags=["subscriptions"],
        responses=OpenApiResponse(SubscriptionList, "A page of them.", [examples.PAGE]),
    )
    def get(self, request: ApiRequest) -> Response:
        """List subscriptions. Your own, newest first; staff see everybody's."""
        wanted = dict(self.query)
        paging = {name: wanted.pop(name) for name in ("limit", "offset")}
        if "course_id" in wanted:
            key = wanted["course_id"]
            wanted["course_id"] = courses.get_course(user=request.user, course_id=key).pk
        found = selectors.list_subscriptions(
            user=request.user, filter=SubscriptionFilter(**wanted)
        )
        page = Page(found, **paging)
        return Response(page.answer(subscription_answers(page.results)))

    @extend_schema(
        operation_id="create_subscription",
        tags=["subscriptions"],
        request=SubscriptionInput,
        parameters=[idempotency.PARAMETER],
        examples=[examples.REQUEST, examples.COURSE_REQUEST],
        responses={201: OpenApiResponse(SubscriptionAnswer, "Watched.", [examples.SUBSCRIPTION])},
    )
    def post(self, request: ApiRequest) -> Response:
        """Watch a source. A channel, a playlist or a course is looked at at once.

        The first look lists what is there; with `auto_download` it fetches what was published
        since `since`, or nothing. From then on what is new is fetched where it fits the rule.
        """
        given = self.read(SubscriptionInput)

        def create() -> Answer:
            made = _create(request.user, dict(given))
            return Answer(status.HTTP_201_CREATED, _one(made))

        return idempotency.answer_once(request, create)


class SubscriptionView(ApiView):
    scopes = {
        "GET": "downloads:read",
        "PATCH": "subscriptions:write",
        "DELETE": "subscriptions:write",
    }

    @extend_schema(
        operation_id="get_subscription",
        tags=["subscriptions"],
        responses=OpenApiResponse(SubscriptionAnswer, "The one.", [examples.SUBSCRIPTION]),
    )
    def get(self, request: ApiRequest, subscription_id: int) -> Response:
        """Follow a subscription. When it is checked next, what it found, and what went wrong."""
        return Response(_one(_get(request.user, subscription_id)))

    @extend_schema(
        operation_id="change_subscription",
        tags=["subscriptions"],
        request=SubscriptionChanges,
        examples=[examples.CHANGES],
        responses=OpenApiResponse(SubscriptionAnswer, "As it is now.", [examples.SUBSCRIPTION]),
    )
    def patch(self, request: ApiRequest, subscription_id: int) -> Response:
        """Change a subscription. A rule applies to what is found from now on."""
        found = _get(request.user, subscription_id)
        changes = _fields(self.read(SubscriptionChanges))
        subscriptions.change_subscription(by=request.user, subscription=found, **changes)
        return Response(_one(_get(request.user, subscription_id)))

    @extend_schema(
        operation_id="delete_subscription",
        tags=["subscriptions"],
        responses={204: OpenApiResponse(description="The subscription has ended.")},
    )
    def delete(self, request: ApiRequest, subscription_id: int) -> Response:
        """Stop watching. What was found is forgotten; downloads and videos stay."""
        found = _get(request.user, subscription_id)
        subscriptions.delete_subscription(by=request.user, subscription=found)
        return Response(status=status.HTTP_204_NO_CONTENT)


class CheckView(ApiView):
    scopes = {"POST": "subscriptions:write"}

    @extend_schema(
        operation_id="check_subscription",
        tags=["subscriptions"],
        request=None,
        responses={
            202: OpenApiResponse(SubscriptionAnswer, "Being looked at.", [examples.SUBSCRIPTION])
        },
    )
    def post(self, request: ApiRequest, subscription_id: int) -> Response:
        """Check now. A course is compared at once; for others `checking` tells when it is over."""
        found = _get(request.user, subscription_id)
        self.read(Input)
        subscriptions.check_subscription(by=request.user, subscription=found)
        answer = _one(_get(request.user, subscription_id))
        return Response(answer, status=status.HTTP_202_ACCEPTED)


class FoundOfSubscriptionView(ApiView):
    scopes = {"GET": "downloads:read"}
    queries = {"GET": FoundOfSubscriptionQuery}

    @extend_schema(
        operation_id="list_videos_of_subscription",
        tags=["subscriptions"],
        responses=OpenApiResponse(FoundVideoList, "A page of them.", [examples.FOUND_PAGE]),
    )
    def get(self, request: ApiRequest, subscription_id: int) -> Response:
        """List what was found. The newest first, each with what has become of it."""
        one = _get(request.user, subscription_id)
        wanted = dict(self.query)
        paging = {name: wanted.pop(name) for name in ("limit", "offset")}
        asked = FoundFilter(subscription_id=one.pk, **wanted)
        page = Page(selectors.list_found(user=request.user, filter=asked), **paging)
        return Response(page.answer(found_answers(page.results)))


class DownloadFoundView(ApiView):
    scopes = {"POST": "downloads:write"}
    refusals = {
        "POST": {
            **NOTHING_NEW,
            422: {"idempotency_mismatch": "The key was used for a different request."},
        }
    }

    @extend_schema(
        operation_id="download_videos_of_subscription",
        tags=["subscriptions"],
        request=FoundDownloadInput,
        parameters=[idempotency.PARAMETER],
        examples=[examples.PICK],
        responses={201: OpenApiResponse(QueuedList, "Queued, linked, or under way.", [SEVERAL])},
    )
    def post(self, request: ApiRequest, subscription_id: int) -> Response:
        """Download what was found. Those of `ids`, or all that are new.

        They are your own choice then: `keep_last` does not remove them.
        """
        one = _get(request.user, subscription_id)
        given = self.read(FoundDownloadInput)

        def queue_them() -> Answer:
            queued = subscriptions.download_found(
                by=request.user, subscription=one, found_ids=given.get("ids")
            )
            return Answer(status.HTTP_201_CREATED, queued_list(queued))

        return idempotency.answer_once(request, queue_them)


def queued_list(queued: list[Queued]) -> QueuedList:
    answers = download_answers([one.download for one in queued])
    return QueuedList(results=answers, total=len(answers))


def _get(user: User, subscription_id: int) -> Subscription:
    return selectors.get_subscription(user=user, subscription_id=subscription_id)


def _one(found: Subscription) -> SubscriptionAnswer:
    return subscription_answers([found])[0]


def _create(user: User, given: dict[str, Any]) -> Subscription:
    course = credential = None
    if "course_id" in given:
        course = courses.get_course(user=user, course_id=given.pop("course_id"))
    if "credential_id" in given:
        credential = own_credential(user=user, credential_id=given.pop("credential_id"))
    source = Source(given.pop("url", ""), course, credential, given.pop("name", ""))
    return subscriptions.create_subscription(by=user, source=source, **_fields(given))


def _fields(given: dict[str, Any]) -> dict[str, Any]:
    """By the names of the row."""
    if "interval" in given:
        given["interval_seconds"] = given.pop("interval")
    return given
