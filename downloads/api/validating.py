"""The API that checks input before it is sent."""

from typing import Annotated, Any, TypedDict

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
)
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from accounts.requests import ApiRequest
from core.api import ApiView
from core.fields import Input
from downloads.services import validating
from downloads.services.validating import Kind

LONGEST = 100_000

REQUEST = OpenApiExample(
    "A link", {"kind": "url", "value": "https://youtu.be/uMfZ9B8iU4E"}, request_only=True
)
GOOD = OpenApiExample(
    "Good",
    {
        "kind": "url",
        "valid": True,
        "normalised": "https://www.youtube.com/watch?v=uMfZ9B8iU4E",
        "code": None,
        "message": None,
    },
    response_only=True,
)
BAD = OpenApiExample(
    "Bad",
    {
        "kind": "quality",
        "valid": False,
        "normalised": None,
        "code": "invalid_choice",
        "message": "Choose one of: best, 1080p, 720p.",
    },
    response_only=True,
)


class FindingAnswer(TypedDict):
    """Whether it would be taken, and if not, why."""

    kind: Kind
    valid: bool
    normalised: Annotated[str | None, "As it would be kept."]
    code: Annotated[str | None, "What is wrong, for programs."]
    message: Annotated[str | None, "What is wrong, for people."]


@extend_schema_field({"type": "string", "maxLength": LONGEST})
class RawField(serializers.Field[str, str, str, Any]):
    """Any text at all: whether it is a good one is the question."""

    default_error_messages = {"invalid": "Not a valid string.", "max_length": "It is too long."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if len(data) > LONGEST:
            self.fail("max_length")
        return str(data)


class ValidateInput(Input):
    """What to check."""

    kind = serializers.ChoiceField([kind.value for kind in Kind])
    value = RawField()


class ValidateView(ApiView):
    """Open to every key, whatever its scopes: it tells nothing of anybody."""

    permission_classes = (IsAuthenticated,)
    rate = {"POST": "validate"}

    @extend_schema(
        operation_id="validate_input",
        tags=["security"],
        request=ValidateInput,
        examples=[REQUEST],
        responses=OpenApiResponse(FindingAnswer, "What was found.", [GOOD, BAD]),
    )
    def post(self, request: ApiRequest) -> Response:
        """Check input before it is sent. Whether this site would take it, and as what.

        `url`: a link that can be downloaded from; `file_type`: an ending or a file's name;
        `quality`, `format`: a wish; `text`: a title; `json`: a body. Nothing is fetched: whether
        there is a video behind a link is another question.
        """
        given = self.read(ValidateInput)
        kind = Kind(given["kind"])
        found = validating.validate(kind=kind, value=given["value"])
        return Response(
            FindingAnswer(
                kind=kind,
                valid=found.valid,
                normalised=found.normalised,
                code=found.code,
                message=str(found.message) if found.message else None,
            )
        )
