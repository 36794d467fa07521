"""What may be asked of videos: query parameters and bodies."""

from core.api import PageQuery
from core.fields import Flag, Input, Text, Words


class ListQuery(PageQuery):
    search = Words(help_text="Words in title, uploader or description, accents ignored.")
    going = Flag(
        default=False, help_text="Only those that will be removed by themselves, the next first."
    )


class VideoChanges(Input):
    title = Text(max_length=500, required=False, help_text="What it is called from now on.")
    pinned = Flag(
        required=False,
        help_text="`true`: no rule removes it, and it is temporary no more. "
        "`false`: rules apply to it again.",
    )
