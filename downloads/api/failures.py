"""What failed, by cause: what one has to mend, each thing once."""

from typing import Annotated, TypedDict

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.response import Response

from accounts.requests import ApiRequest
from core.api import ApiView
from core.fields import Query, Whole
from core.shapes import Moment, moment
from downloads.selectors import failures
from downloads.selectors.failures import Group
from downloads.taxonomy import Who


class FailuresQuery(Query):
    days = Whole(
        default=failures.RECENT_DAYS,
        min_value=1,
        max_value=365,
        help_text="What failed in this many last days.",
    )


class FailureGroup(TypedDict):
    """Downloads that failed for one cause, with one account, at one site."""

    code: str
    message: Annotated[str, "What happened, in plain words."]
    advice: Annotated[str, "What to do about it."]
    who: Annotated[Who, "Who can do something about it."]
    retryable: Annotated[bool, "Whether trying again may help."]
    credential_id: Annotated[int | None, "The Google account they were to be fetched with."]
    email: str | None
    host: Annotated[str, "The site, without www."]
    count: int
    newest_at: Moment


class FailureGroups(TypedDict):
    results: list[FailureGroup]


EXAMPLE = OpenApiExample(
    "One cause",
    value={
        "results": [
            {
                "code": "source.private",
                "message": "This video is private.",
                "advice": "Ask its owner to share it with you, then try again.",
                "who": "owner",
                "retryable": False,
                "credential_id": 3,
                "email": "ana@school.example",
                "host": "drive.google.com",
                "count": 17,
                "newest_at": "2026-11-20T12:00:03Z",
            }
        ]
    },
    response_only=True,
)


class FailuresView(ApiView):
    scopes = {"GET": "downloads:read"}
    queries = {"GET": FailuresQuery}

    @extend_schema(
        operation_id="list_failures",
        responses=OpenApiResponse(FailureGroups, "The most frequent first.", [EXAMPLE]),
    )
    def get(self, request: ApiRequest) -> Response:
        """Count failures by cause and account. Your own; staff see everybody's.

        All of a group start again by `POST /downloads/bulk` with `{"action": "retry", "filter":
        {"status": "failed", "error_code": …, "host": …, "credential_id": …}}`.
        """
        found = failures.groups(user=request.user, days=self.query["days"])
        return Response(FailureGroups(results=[_answer(group) for group in found]))


def _answer(group: Group) -> FailureGroup:
    told = group.explanation
    return FailureGroup(
        code=group.code,
        message=str(told.message),
        advice=str(told.advice),
        who=told.who,
        retryable=told.retryable,
        credential_id=group.credential_id,
        email=group.email or None,
        host=group.host,
        count=group.count,
        newest_at=moment(group.newest_at),
    )
