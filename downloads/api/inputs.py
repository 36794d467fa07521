"""What may be asked of downloads: bodies and query parameters."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api import PageQuery
from core.fields import Flag, Input, Moment, Query, Text, Whole, Words
from core.models import Status
from downloads.models import Format, Quality, Source

PRIORITIES = range(-10, 11)


@extend_schema_field(
    {"type": "string", "format": "uri", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://", "maxLength": 2000}
)
class Link(Text):
    """An address; whether it can be downloaded is for the service to say."""


class DownloadInput(Input):
    """What to fetch, and how."""

    url = Link(max_length=2000, help_text="Address of the video.")
    title = Text(
        max_length=500, required=False, allow_blank=True, help_text="Empty: the source's own."
    )
    quality = serializers.ChoiceField(
        Quality.choices, required=False, help_text="At most this height."
    )
    format = serializers.ChoiceField(
        Format.choices, required=False, help_text="`auto`: mp4 where that needs no re-encoding."
    )
    audio_only = Flag(required=False)
    subtitles = Flag(required=False)
    priority = Whole(
        required=False,
        min_value=PRIORITIES[0],
        max_value=PRIORITIES[-1],
        help_text="Higher goes first; above 0 is for staff.",
    )


class ListQuery(PageQuery):
    status = serializers.ChoiceField(Status.choices, required=False)
    source = serializers.ChoiceField(  # type: ignore[assignment] # hides a name of the library
        Source.choices, required=False
    )
    search = Words(help_text="Words in title or address, accents ignored.")
    created_after = Moment(required=False, help_text="From this moment on.")
    created_before = Moment(required=False, help_text="Before this moment.")


class CancelQuery(Query):
    purge = Flag(default=False, help_text="Also delete the video it brought, and its files.")
