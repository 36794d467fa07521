"""What may be asked of courses: bodies and query parameters."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.fields import Flag, Input, Text, Whole, Words
from courses.api.paging import TokenQuery
from courses.keys import PATTERN
from courses.models import CourseState, CourseworkKind
from courses.selectors.coursework import NO_TOPIC

_LARGEST_ID = 2**63 - 1


@extend_schema_field(
    {
        "oneOf": [
            {"type": "integer", "minimum": 1, "maximum": 10**18 - 1},
            {"type": "string", "pattern": "^google:[A-Za-z0-9_-]{1,64}$"},
        ]
    }
)
class CourseKeyField(serializers.RegexField):
    """A number of ours, or `google:` and the id that Google gave."""

    def __init__(self, **options: Any) -> None:
        super().__init__(rf"^(?:{PATTERN})\Z", **options)

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, bool) or not isinstance(data, int | str):
            self.fail("invalid")
        text: str = super().to_internal_value(str(data))
        if isinstance(data, str) and text.isdigit():
            self.fail("invalid")
        return text


class SyncInput(Input):
    """What to read; without anything all accounts you have connected."""

    credential_id = Whole(
        required=False, min_value=1, max_value=_LARGEST_ID, help_text="This account alone."
    )
    course_id = CourseKeyField(
        required=False, help_text="This course alone: our id, or `google:` and Google's."
    )
    full = Flag(required=False, help_text="Compare everything, also what has not changed.")


class CourseQuery(TokenQuery):
    credential_id = Whole(
        required=False,
        min_value=1,
        max_value=_LARGEST_ID,
        help_text="Courses this account gives.",
    )
    tenant_id = Text(
        required=False, max_length=255, help_text="Courses accounts of this tenant give."
    )
    state = serializers.ChoiceField(CourseState.choices, required=False)
    search = Words(help_text="Words in name, section or description, accents ignored.")


@extend_schema_field(
    {"type": "string", "pattern": rf"^(?:{PATTERN}|{NO_TOPIC})$", "maxLength": 80}
)
class TopicField(serializers.RegexField):
    """A topic's number, `google:` and its id, or `none`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(rf"^(?:{PATTERN}|{NO_TOPIC})\Z", **options)


class CourseworkQuery(TokenQuery):
    kind = serializers.ChoiceField(CourseworkKind.choices, required=False)
    has_video = Flag(required=False)
    topic = TopicField(
        required=False, help_text="A topic's id, `google:` and Google's, or `none`."
    )
    search = Words(help_text="Words in title or description, accents ignored.")


class SyncQuery(TokenQuery):
    credential_id = Whole(required=False, min_value=1, max_value=_LARGEST_ID)
