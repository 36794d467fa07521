"""What may be asked of subscriptions and of the videos they have found."""

from datetime import UTC, datetime
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from core.api import PageQuery
from core.fields import Flag, Input, Moment, Text, Whole, Words
from courses.api.inputs import CourseKeyField
from downloads.api.inputs import LARGEST_ID, CourseKeyParameter, Link, WishesInput
from downloads.models import SubscriptionKind
from downloads.models.subscription import LONGEST_INTERVAL_SECONDS, SHORTEST_INTERVAL_SECONDS

MOST_PICKED = 500


class SubscriptionChanges(WishesInput):
    """How a source is watched, and what of it is fetched by itself."""

    name = Text(max_length=200, required=False, help_text="Without one the source's own.")
    interval = Whole(
        required=False,
        min_value=SHORTEST_INTERVAL_SECONDS,
        max_value=LONGEST_INTERVAL_SECONDS,
        help_text="Seconds between two checks.",
    )
    enabled = Flag(required=False, help_text="false: no checks for now.")
    auto_download = Flag(required=False, help_text="Fetch what is new and fits the rule.")
    audio_only = Flag(required=False)
    title_filter = Text(
        max_length=200,
        required=False,
        allow_blank=True,
        help_text="Rule: all of these words are in the title; none that begins with a -.",
    )
    longest_seconds = Whole(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=2**31 - 1,
        help_text="Rule: no longer than this.",
    )
    since = Moment(
        required=False,
        allow_null=True,
        validators=[
            MinValueValidator(datetime(1970, 1, 1, tzinfo=UTC)),
            MaxValueValidator(datetime(2200, 1, 1, tzinfo=UTC)),
        ],
        help_text="Rule: not published before. The first check then fetches what it finds since.",
    )
    keep_last = Whole(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=100_000,
        help_text="Keep this many of the videos it has brought by itself; older ones go.",
    )


class SubscriptionInput(SubscriptionChanges):
    """What to watch: an address, or a course."""

    url = Link(max_length=2000, required=False, help_text="Of a channel or a playlist of YouTube.")
    course_id = CourseKeyField(
        required=False, help_text="Instead of `url`: our id, or `google:` and Google's."
    )
    credential_id = Whole(
        required=False,
        min_value=1,
        max_value=LARGEST_ID,
        help_text="The Google account that sees the course; without it one that does is chosen.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("url" in attrs) == ("course_id" in attrs):
            raise _refused("url", _("Give an address or a course."))
        if "credential_id" in attrs and "url" in attrs:
            raise _refused("credential_id", _("This does not go with a link."))
        return attrs


class SubscriptionQuery(PageQuery):
    kind = serializers.ChoiceField(SubscriptionKind.choices, required=False)
    enabled = Flag(required=False)
    course_id = CourseKeyParameter(required=False, help_text="Our id, or `google:` and Google's.")


class FoundOfSubscriptionQuery(PageQuery):
    new = Flag(required=False, help_text="Not held, nor asked for, nor set aside, nor gone.")
    search = Words(help_text="Words in the title.")


class FoundQuery(FoundOfSubscriptionQuery):
    subscription_id = Whole(required=False, min_value=1, max_value=LARGEST_ID)


class FoundDownloadInput(Input):
    """Which to fetch."""

    ids = serializers.ListField(
        child=Whole(min_value=1, max_value=LARGEST_ID),
        required=False,
        min_length=1,
        max_length=MOST_PICKED,
        help_text="Their `id` in the list; without it all that are new.",
    )


class FoundChanges(Input):
    ignored = Flag(help_text="true: never fetched by itself, and not new any more.")


class VideoInput(Input):
    """A video to note."""

    url = Link(max_length=2000, help_text="Address of the video.")
    title = Text(max_length=500, required=False, allow_blank=True)
    subscription_id = Whole(
        required=False, min_value=1, max_value=LARGEST_ID, help_text="To whose list it belongs."
    )
    monitoring_id = Whole(
        required=False,
        min_value=1,
        max_value=LARGEST_ID,
        help_text="The same as `subscription_id`, as older clients call it.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        older = attrs.pop("monitoring_id", None)
        if older is not None and attrs.setdefault("subscription_id", older) != older:
            raise _refused("monitoring_id", _("This is another one than subscription_id."))
        return attrs


def _refused(name: str, message: Any) -> ValidationError:
    return ValidationError({name: [ErrorDetail(str(message), "invalid")]})
