"""What the API asks and tells of limits and of the queue as a whole."""

from typing import Annotated, Any, TypedDict

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from core.fields import Flag, Input, Text, Whole
from core.shapes import Moment, moment, moment_or_none
from downloads.models import HostPause
from downloads.selectors.limits import OwnLimits, QueueState

_LARGEST = 2**63 - 1
_MOST = 2**31 - 1
_TIME = {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"}


class HostPauseAnswer(TypedDict):
    host: str
    reason: Annotated[str, "The code of the refusal that began it."]
    strikes: Annotated[int, "Pauses in a row."]
    since: Moment
    until: Moment


class LimitsAnswer(TypedDict):
    """What is in force. Null: no limit."""

    paused: Annotated[bool, "Staff have stopped everybody's downloads."]
    max_running: Annotated[int | None, "Downloads at once, of everybody."]
    max_running_per_user: Annotated[int | None, "Of you."]
    max_running_per_host: Annotated[int | None, "From one site."]
    hours_from: Annotated[str | None, "Downloads begin from this time on, as HH:MM."]
    hours_until: Annotated[str | None, "Earlier than `hours_from`: over midnight."]
    time_zone: Annotated[str, "Of the hours."]
    bandwidth_bytes_per_second: Annotated[int | None, "Of one machine."]
    max_bytes: int
    max_duration_seconds: int
    allowed_extensions: Annotated[list[str], "None: all kinds of film and sound."]
    quota_bytes: Annotated[int | None, "Your space."]
    used_bytes: int
    left_bytes: int | None
    min_free_bytes: Annotated[int, "What downloads leave free on the disk."]
    host_pauses: Annotated[list[HostPauseAnswer], "Sites you wait for; staff see all."]


class QueueAnswer(TypedDict):
    """The queue as it concerns you; staff see everybody's."""

    wait_reason: Annotated[str | None, "Why nothing begins: paused, outside_hours or disk_low."]
    until: Annotated[Moment | None, "When downloads begin again, if that is known."]
    paused: Annotated[bool, "You have paused your downloads."]
    everybody_paused: bool
    queued: int
    running: int


class ClockField(serializers.TimeField):
    """HH:MM in the site's time zone."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%H:%M", input_formats=["%H:%M"], **options)


class LimitsInput(Input):
    """Only what is sent is changed; null goes back to what the environment says, 0 is no limit."""

    paused = Flag(required=False)
    max_running = Whole(required=False, allow_null=True, min_value=0, max_value=_MOST)
    max_running_per_user = Whole(required=False, allow_null=True, min_value=0, max_value=_MOST)
    max_running_per_host = Whole(required=False, allow_null=True, min_value=0, max_value=_MOST)
    hours_from = ClockField(required=False, allow_null=True)
    hours_until = ClockField(required=False, allow_null=True)
    bandwidth_bytes_per_second = Whole(
        required=False, allow_null=True, min_value=10_000, max_value=_LARGEST
    )
    max_bytes = Whole(required=False, allow_null=True, min_value=1, max_value=_LARGEST)
    max_duration_seconds = Whole(required=False, allow_null=True, min_value=1, max_value=_MOST)
    allowed_extensions = serializers.ListField(
        child=Text(max_length=10),
        required=False,
        max_length=20,
        help_text=_("Such as mp4, webm. Empty: as the environment says."),
    )
    quota_bytes = Whole(required=False, allow_null=True, min_value=0, max_value=_LARGEST)
    min_free_bytes = Whole(required=False, allow_null=True, min_value=0, max_value=_LARGEST)


class PauseInput(Input):
    everybody = Flag(default=False, help_text="Of the whole installation; for staff.")


def limits_answer(own: OwnLimits) -> LimitsAnswer:
    limits = own.limits
    return LimitsAnswer(
        paused=limits.paused,
        max_running=limits.max_running,
        max_running_per_user=own.max_running,
        max_running_per_host=limits.max_running_per_host,
        hours_from=f"{limits.hours.begin:%H:%M}" if limits.hours else None,
        hours_until=f"{limits.hours.end:%H:%M}" if limits.hours else None,
        time_zone=settings.TIME_ZONE,
        bandwidth_bytes_per_second=limits.bandwidth_bytes_per_second,
        max_bytes=limits.max_bytes,
        max_duration_seconds=limits.max_duration_seconds,
        allowed_extensions=list(limits.allowed_extensions),
        quota_bytes=own.space.quota_bytes,
        used_bytes=own.space.used_bytes,
        left_bytes=own.space.left_bytes,
        min_free_bytes=limits.min_free_bytes,
        host_pauses=[_pause_answer(pause) for pause in own.host_pauses],
    )


def queue_answer(state: QueueState) -> QueueAnswer:
    return QueueAnswer(
        wait_reason=state.reason or None,
        until=moment_or_none(state.until),
        paused=state.is_paused,
        everybody_paused=state.is_everybody_paused,
        queued=state.queued,
        running=state.running,
    )


def _pause_answer(pause: HostPause) -> HostPauseAnswer:
    return HostPauseAnswer(
        host=pause.host,
        reason=pause.reason,
        strikes=pause.strikes,
        since=moment(pause.since),
        until=moment(pause.until),
    )


_GIGABYTE = 1000**3
LIMITS = OpenApiExample(
    "Limits",
    {
        "paused": False,
        "max_running": None,
        "max_running_per_user": 5,
        "max_running_per_host": 4,
        "hours_from": "22:00",
        "hours_until": "06:00",
        "time_zone": "America/Sao_Paulo",
        "bandwidth_bytes_per_second": None,
        "max_bytes": 20 * _GIGABYTE,
        "max_duration_seconds": 43200,
        "allowed_extensions": [],
        "quota_bytes": 50 * _GIGABYTE,
        "used_bytes": 12 * _GIGABYTE,
        "left_bytes": 38 * _GIGABYTE,
        "min_free_bytes": _GIGABYTE,
        "host_pauses": [
            {
                "host": "youtube.com",
                "reason": "source.bot_check",
                "strikes": 1,
                "since": "2026-11-20T12:00:00Z",
                "until": "2026-11-20T12:15:00Z",
            }
        ],
    },
    response_only=True,
)
CHANGE = OpenApiExample(
    "At night only", {"hours_from": "22:00", "hours_until": "06:00"}, request_only=True
)
QUEUE = OpenApiExample(
    "Paused",
    {
        "wait_reason": "paused",
        "until": None,
        "paused": True,
        "everybody_paused": False,
        "queued": 12,
        "running": 2,
    },
    response_only=True,
)
EVERYBODY = OpenApiExample("Everybody's", {"everybody": True}, request_only=True)
