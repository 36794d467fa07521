"""What may be asked of looks at addresses and of cookies."""

from rest_framework import serializers

from core.fields import Flag, Input, Query, Text, Whole, Words
from downloads.api.inputs import LARGEST_ID, PRIORITIES, Link, OptionsInput
from downloads.engines.cookie_file import MOST_BYTES
from downloads.services import listing, picking


class ListingInput(Input):
    url = Link(max_length=2000, help_text="A playlist, a channel, or the page of a video.")
    most = Whole(
        required=False,
        min_value=1,
        max_value=listing.MOST,
        help_text="Of more videos only the first are told; 500 if nothing is said.",
    )


class ListingQuery(Query):
    search = Words(help_text="Only the videos with these words in their title.")


class PickInput(OptionsInput):
    """Which videos of the list, and how."""

    places = serializers.ListField(
        child=Whole(min_value=0, max_value=listing.MOST),
        required=False,
        min_length=1,
        max_length=picking.MOST,
        help_text="Their `place`; without it all that are available.",
    )
    credential_id = Whole(
        required=False,
        min_value=1,
        max_value=LARGEST_ID,
        help_text="The Google account with which files of Drive are fetched.",
    )
    priority = Whole(
        required=False,
        min_value=PRIORITIES[0],
        max_value=PRIORITIES[-1],
        help_text="Higher goes first; above 0 is for staff.",
    )


class CookiesInput(Input):
    """The content is read once and never shown again."""

    content = Text(
        max_length=MOST_BYTES,
        write_only=True,
        trim_whitespace=False,
        help_text="A cookies.txt in the Netscape format.",
    )
    site = Text(
        max_length=120,
        required=False,
        help_text="Such as `youtube.com`; needed if there are cookies of several sites in it.",
    )


class CookiesChange(Input):
    """What is not given stays as it is."""

    enabled = Flag(required=False, help_text="Whether downloads carry them.")
    content = Text(
        max_length=MOST_BYTES,
        required=False,
        write_only=True,
        trim_whitespace=False,
        help_text="Fresh ones of the same site, in place of the old.",
    )
