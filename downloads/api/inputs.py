"""What may be asked of downloads: bodies and query parameters."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from core.api import PageQuery
from core.fields import Flag, Input, Moment, Query, Text, Whole, Words
from core.models import Status
from courses.api.inputs import CourseKeyField
from courses.keys import PATTERN
from courses.models import CourseworkKind
from downloads.api.paging import CursorQuery
from downloads.models import Format, Quality
from downloads.selectors.preview import MATERIALS
from downloads.services import bulk
from downloads.taxonomy import ERRORS
from library.models import Source

PRIORITIES = range(-10, 11)
LARGEST_ID = 2**63 - 1
SHORTEST_SECONDS, LONGEST_SECONDS = 60, 365 * 24 * 3600
_KINDS = "|".join(CourseworkKind.values)
_REQUIRED = (_("This field is required."), "required")
_NOT_TOGETHER = (_("This does not go with a link."), "invalid")


@extend_schema_field(
    {"type": "string", "format": "uri", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://", "maxLength": 2000}
)
class Link(Text):
    """An address; whether it can be downloaded is for the service to say."""


@extend_schema_field({"type": "string", "pattern": rf"^(?:{PATTERN})$"})
class CourseKeyParameter(serializers.RegexField):
    """The same in a query, where every number is a text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(rf"^(?:{PATTERN})\Z", **options)


@extend_schema_field({"type": "string", "pattern": f"^(?:{_KINDS})(?:,(?:{_KINDS}))*$"})
class KindsField(Text):
    """Kinds of coursework, parted by commas."""

    def to_internal_value(self, data: Any) -> list[str]:  # type: ignore[override] # from a text
        kinds = super().to_internal_value(data).split(",")
        if set(kinds) - set(CourseworkKind.values):
            self.fail("invalid")
        return kinds


class WishesInput(Input):
    """How videos are wanted."""

    quality = serializers.ChoiceField(
        Quality.choices, required=False, help_text="At most this height."
    )
    format = serializers.ChoiceField(
        Format.choices, required=False, help_text="`auto`: mp4 where that needs no re-encoding."
    )
    subtitles = Flag(required=False)


class OptionsInput(WishesInput):
    """Every wish that one download can have."""

    audio_only = Flag(required=False)
    preset_id = Whole(
        required=False,
        min_value=1,
        max_value=LARGEST_ID,
        help_text="Wishes that staff keep ready; what is said beside it goes before it.",
    )
    preset = Text(required=False, max_length=60, help_text="The same by its name.")
    expires_in = Whole(
        required=False,
        min_value=SHORTEST_SECONDS,
        max_value=LONGEST_SECONDS,
        help_text="Seconds after its end when the file is removed again; without it, it stays.",
    )
    subscription_id = Whole(
        required=False,
        min_value=1,
        max_value=LARGEST_ID,
        help_text="The subscription of yours that it belongs to.",
    )
    monitoring_id = Whole(
        required=False,
        min_value=1,
        max_value=LARGEST_ID,
        help_text="The same under its older name.",
    )


class DownloadInput(OptionsInput):
    """What to fetch, and how: a link, or the videos of a coursework."""

    url = Link(max_length=2000, required=False, help_text="Address of the video.")
    course_id = CourseKeyField(
        required=False, help_text="Instead of `url`: our id, or `google:` and Google's."
    )
    coursework_id = CourseKeyField(
        required=False, help_text="In that course: our id, or `google:` and Google's."
    )
    credential_id = Whole(
        required=False,
        min_value=1,
        max_value=LARGEST_ID,
        help_text="The Google account to fetch with; without it one that can is chosen.",
    )
    video_ids = serializers.ListField(
        child=Whole(min_value=1, max_value=LARGEST_ID),
        required=False,
        min_length=1,
        max_length=200,
        help_text="These videos of the coursework alone.",
    )
    title = Text(
        max_length=500, required=False, allow_blank=True, help_text="Empty: the source's own."
    )
    priority = Whole(
        required=False,
        min_value=PRIORITIES[0],
        max_value=PRIORITIES[-1],
        help_text="Higher goes first; above 0 is for staff.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Either a link, or a coursework with its course."""
        of_course = {"course_id", "coursework_id"}
        if "url" in attrs:
            wrong, said = attrs.keys() & {*of_course, "video_ids"}, _NOT_TOGETHER
        elif attrs.keys() & of_course:
            wrong, said = of_course - attrs.keys(), _REQUIRED
        else:
            wrong, said = {"url"}, _REQUIRED
        if wrong:
            text, code = said
            raise ValidationError({name: [ErrorDetail(str(text), code)] for name in sorted(wrong)})
        return attrs


class ProbeQuery(Query):
    probe = Flag(
        default=False,
        help_text="Ask the source first, for up to ten seconds, and refuse what it does not "
        "give. `probed` in the answer says whether it was reached in time.",
    )


class ListQuery(CursorQuery):
    status = serializers.ChoiceField(Status.choices, required=False)
    source = serializers.ChoiceField(  # type: ignore[assignment] # hides a name of the library
        Source.choices, required=False
    )
    search = Words(help_text="Words in title or address, accents ignored.")
    course_id = CourseKeyParameter(required=False, help_text="Our id, or `google:` and Google's.")
    credential_id = Whole(required=False, min_value=1, max_value=LARGEST_ID)
    batch_id = Whole(required=False, min_value=1, max_value=LARGEST_ID)
    tenant_id = Text(
        required=False, max_length=255, help_text="Fetched with accounts of this tenant."
    )
    error_code = serializers.ChoiceField(
        sorted(ERRORS), required=False, help_text="Why it failed, or is tried again."
    )
    host = Text(
        required=False, max_length=120, help_text="Site of the address, such as `youtube.com`."
    )
    created_after = Moment(required=False, help_text="From this moment on.")
    created_before = Moment(required=False, help_text="Before this moment.")


class BulkFilter(Input):
    """The same as the list's parameters."""

    status = serializers.ChoiceField(Status.choices, required=False)
    source = serializers.ChoiceField(  # type: ignore[assignment] # hides a name of the library
        Source.choices, required=False
    )
    search = Words()
    course_id = CourseKeyField(required=False)
    credential_id = Whole(required=False, min_value=1, max_value=LARGEST_ID)
    batch_id = Whole(required=False, min_value=1, max_value=LARGEST_ID)
    tenant_id = Text(required=False, max_length=255)
    error_code = serializers.ChoiceField(sorted(ERRORS), required=False)
    host = Text(required=False, max_length=120)
    created_after = Moment(required=False)
    created_before = Moment(required=False)


class BulkInput(Input):
    """What to do, and to which: these ones, or all that a filter finds."""

    action = serializers.ChoiceField(bulk.ACTIONS)
    ids = serializers.ListField(
        child=Whole(min_value=1, max_value=LARGEST_ID),
        required=False,
        min_length=1,
        max_length=bulk.AT_ONCE,
    )
    filter = BulkFilter(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("ids" in attrs) == ("filter" in attrs):
            raise ValidationError(
                {"ids": [ErrorDetail(str(_("Give ids or a filter.")), "invalid")]}
            )
        return attrs


class DownloadAllInput(WishesInput):
    """What of a course, with which account, and how."""

    credential_id = Whole(
        required=False,
        min_value=1,
        max_value=LARGEST_ID,
        help_text="The Google account to fetch with; without it one that can is chosen.",
    )
    include = serializers.ListField(
        child=serializers.ChoiceField([MATERIALS]),
        required=False,
        max_length=5,
        help_text="`materials`: files, and Google documents as PDF, as well.",
    )
    exclude_kinds = serializers.ListField(
        child=serializers.ChoiceField(CourseworkKind.choices),
        required=False,
        max_length=10,
        help_text="Kinds of coursework to leave out.",
    )
    video_ids = serializers.ListField(
        child=Whole(min_value=1, max_value=LARGEST_ID),
        required=False,
        min_length=1,
        max_length=5000,
        help_text="These videos alone; they are tried even where they seem out of reach.",
    )


class PreviewQuery(Query):
    credential_id = Whole(
        required=False,
        min_value=1,
        max_value=LARGEST_ID,
        help_text="The Google account to fetch with; without it one that can is chosen.",
    )
    include = serializers.ChoiceField(
        [MATERIALS], required=False, help_text="`materials`: what is not a video as well."
    )
    exclude_kinds = KindsField(
        required=False, help_text="Kinds of coursework to leave out, parted by commas."
    )


class BatchQuery(PageQuery):
    course_id = CourseKeyParameter(required=False, help_text="Our id, or `google:` and Google's.")
    credential_id = Whole(required=False, min_value=1, max_value=LARGEST_ID)
    tenant_id = Text(required=False, max_length=255)


class CancelQuery(Query):
    purge = Flag(default=False, help_text="Also delete the video it brought, and its files.")
