"""What the API tells of erased accounts and of what was handed over."""

from typing import Annotated, TypedDict

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from accounts.api.people_inputs import Secret
from accounts.models import Erasure
from core.api import PageQuery
from core.fields import Input, Whole
from core.models import Status
from core.shapes import Moment, PageShape, moment, moment_or_none


class ErasureAnswer(TypedDict):
    """An account that is being erased, or has been."""

    id: int
    status: Status
    user_id: Annotated[int | None, "Whose account it is; nobody's any more when it is done."]
    pseudonym: Annotated[str, "What the audit trail calls this person afterwards."]
    asked_by_themselves: bool
    error_code: Annotated[str | None, "Why it has not worked yet; it is tried again."]
    created_at: Moment
    finished_at: Moment | None


class ErasureList(PageShape):
    results: list[ErasureAnswer]


class HandOverAnswer(TypedDict):
    """How much was handed over. What the other had already stayed where it was."""

    credentials: int
    courses: int
    materials: int
    downloads: int
    batches: int
    subscriptions: int
    cookies: int
    videos: int


class ErasureQuery(PageQuery):
    status = serializers.ChoiceField(Status.choices, required=False)


class ProofInput(Input):
    """That it is really you, and that you mean it."""

    password = Secret(help_text="Your password; the word ERASE if you have none.")


class HandOverInput(Input):
    """To whom."""

    to = Whole(min_value=1, max_value=2**31 - 1, help_text="The number of the other account.")


def erasure_answer(erasure: Erasure) -> ErasureAnswer:
    return ErasureAnswer(
        id=erasure.pk,
        status=Status(erasure.status),
        user_id=erasure.person_id,
        pseudonym=erasure.pseudonym,
        asked_by_themselves=erasure.asked_by_themselves,
        error_code=erasure.error_code or None,
        created_at=moment(erasure.created_at),
        finished_at=moment_or_none(erasure.finished_at),
    )


_begun = {
    "id": 4,
    "status": "queued",
    "user_id": 12,
    "pseudonym": "erased-5b1c09d27e4f",
    "asked_by_themselves": True,
    "error_code": None,
    "created_at": "2026-11-20T12:00:00Z",
    "finished_at": None,
}
_over = _begun | {"status": "completed", "user_id": None, "finished_at": "2026-11-20T12:00:09Z"}

BEGUN = OpenApiExample("Begun", _begun)
STATES = [BEGUN, OpenApiExample("Done", _over)]
ERASURES = OpenApiExample("Page", {"results": [_over], "total": 1, "limit": 50, "offset": 0})
PROOF = OpenApiExample("By password", {"password": "seven green kettles"}, request_only=True)
RECEIVER = OpenApiExample("To a colleague", {"to": 13}, request_only=True)
HANDED_OVER = OpenApiExample(
    "Handed over",
    {
        "credentials": 1,
        "courses": 6,
        "materials": 2,
        "downloads": 148,
        "batches": 3,
        "subscriptions": 4,
        "cookies": 0,
        "videos": 131,
    },
)
