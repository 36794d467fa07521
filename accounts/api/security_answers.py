"""What the API asks and tells of security, with examples."""

from datetime import timedelta
from typing import Annotated, Any, TypedDict

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_field
from rest_framework import serializers

from accounts.deeds import SECURITY
from accounts.models import AddressBlock, AuditEntry
from accounts.selectors_security import Figures
from accounts.services.blocks import REASON_LENGTH
from core.api import PageQuery
from core.fields import Flag, Input, Moment, Text, Whole
from core.ratelimit import Verdict
from core.shapes import Moment as MomentAnswer
from core.shapes import PageShape, moment, moment_or_none

_LONGEST_MINUTES = 366 * 24 * 60
_WIDEST = timedelta(days=366)


class RateAnswer(TypedDict):
    """How you stand with one limit."""

    scope: str
    limit: Annotated[int | None, "Requests in one window. Null: no limit."]
    remaining: Annotated[int | None, "What is left of them."]
    window_seconds: int
    reset_seconds: Annotated[int, "Until a new window begins; 0 if none has begun."]


class EventAnswer(TypedDict):
    """One thing that happened."""

    id: int
    at: MomentAnswer
    event: Annotated[str, "What happened. Stable."]
    user_id: int | None
    username: str | None
    address: str | None
    agent: Annotated[str, "What the program called itself."]
    means: str
    request_id: str
    details: dict[str, Any]


class EventList(PageShape):
    results: list[EventAnswer]


class AddressCount(TypedDict):
    address: str
    events: int


class PersonCount(TypedDict):
    username: str
    events: int


class StatsAnswer(TypedDict):
    """What happened in a span of time."""

    since: MomentAnswer
    until: MomentAnswer
    total: int
    events: Annotated[dict[str, int], "How often each happened."]
    addresses: Annotated[list[AddressCount], "Where most came from."]
    users: Annotated[list[PersonCount], "Who caused most."]
    blocks_made: int
    blocks_in_force: Annotated[int, "Now."]


class BlockAnswer(TypedDict):
    """An address or network that gets nothing."""

    id: int
    network: str
    reason: str
    is_automatic: Annotated[bool, "It came by itself and stops strangers only."]
    in_force: bool
    created_at: MomentAnswer
    created_by: str | None
    until: Annotated[MomentAnswer | None, "Null: until it is lifted."]
    lifted_at: MomentAnswer | None
    lifted_by: str | None


class BlockList(PageShape):
    results: list[BlockAnswer]


@extend_schema_field({"type": "string", "enum": sorted(SECURITY)})
class EventField(serializers.ChoiceField):
    """One of the events there are."""


class EventQuery(PageQuery):
    event = EventField(sorted(SECURITY), required=False)
    address = serializers.IPAddressField(required=False, help_text="Where it came from.")
    user_id = Whole(required=False, min_value=1, max_value=2**63 - 1, help_text="Who caused it.")
    created_after = Moment(required=False)
    created_before = Moment(required=False)


class BlockQuery(PageQuery):
    in_force = Flag(required=False, help_text="Only those that stop somebody now.")


class SpanInput(Input):
    """From when until when; the last 24 hours if nothing is said."""

    created_after = Moment(required=False)
    created_before = Moment(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        until = attrs.get("created_before") or timezone.now()
        since = attrs.get("created_after") or until - timedelta(days=1)
        if not since < until or until - since > _WIDEST:
            raise serializers.ValidationError(
                {
                    "created_after": _(
                        "The span has to be within a year, and to end after it begins."
                    )
                }
            )
        return {"since": since, "until": until}


class BlockInput(Input):
    """Whom to block, and for how long."""

    network = Text(max_length=43, help_text="An address, or a network such as 203.0.113.0/24.")
    reason = Text(max_length=REASON_LENGTH, required=False, allow_blank=True)
    minutes = Whole(
        required=False,
        min_value=1,
        max_value=_LONGEST_MINUTES,
        help_text="Without it, until it is lifted.",
    )


def rate_answer(scope: str, verdict: Verdict) -> RateAnswer:
    number = verdict.limit.number
    return RateAnswer(
        scope=scope,
        limit=number or None,
        remaining=verdict.remaining if number else None,
        window_seconds=verdict.limit.seconds,
        reset_seconds=verdict.reset_seconds,
    )


def event_answer(entry: AuditEntry) -> EventAnswer:
    return EventAnswer(
        id=entry.pk,
        at=moment(entry.at),
        event=entry.action,
        user_id=entry.actor_id,
        username=entry.actor_name or None,
        address=entry.address,
        agent=entry.agent,
        means=entry.means,
        request_id=entry.request_id,
        details=entry.details,
    )


def stats_answer(found: Figures) -> StatsAnswer:
    return StatsAnswer(
        since=moment(found.since),
        until=moment(found.until),
        total=found.total,
        events=found.events,
        addresses=[AddressCount(address=name, events=n) for name, n in found.addresses],
        users=[PersonCount(username=name, events=n) for name, n in found.people],
        blocks_made=found.blocks_made,
        blocks_in_force=found.blocks_in_force,
    )


def block_answer(block: AddressBlock) -> BlockAnswer:
    over = block.until is not None and block.until <= timezone.now()
    return BlockAnswer(
        id=block.pk,
        network=block.network,
        reason=block.reason,
        is_automatic=block.is_automatic,
        in_force=block.lifted_at is None and not over,
        created_at=moment(block.created_at),
        created_by=block.created_by.username if block.created_by else None,
        until=moment_or_none(block.until),
        lifted_at=moment_or_none(block.lifted_at),
        lifted_by=block.lifted_by.username if block.lifted_by else None,
    )


_event: dict[str, Any] = {
    "id": 4711,
    "at": "2026-11-20T12:00:00Z",
    "event": "request.rate_limited",
    "user_id": None,
    "username": None,
    "address": "203.0.113.7",
    "agent": "curl/8.5.0",
    "means": "api",
    "request_id": "6f1c2a9e",
    "details": {"limit": "write", "path": "/api/v1/downloads"},
}
_block: dict[str, Any] = {
    "id": 5,
    "network": "203.0.113.7",
    "reason": "",
    "is_automatic": True,
    "in_force": True,
    "created_at": "2026-11-20T12:00:00Z",
    "created_by": None,
    "until": "2026-11-20T13:00:00Z",
    "lifted_at": None,
    "lifted_by": None,
}
_staffs = _block | {"is_automatic": False, "reason": "Scans us", "created_by": "clara"}
_page = {"total": 1, "limit": 50, "offset": 0}

RATE = OpenApiExample(
    "Some left",
    {"scope": "api", "limit": 60, "remaining": 48, "window_seconds": 60, "reset_seconds": 17},
)
EVENTS = OpenApiExample("Page", {"results": [_event], **_page})
STATS = OpenApiExample(
    "A day",
    {
        "since": "2026-11-19T12:00:00Z",
        "until": "2026-11-20T12:00:00Z",
        "total": 12,
        "events": {"sign_in.failed": 9, "request.rate_limited": 3},
        "addresses": [{"address": "203.0.113.7", "events": 12}],
        "users": [{"username": "ana", "events": 2}],
        "blocks_made": 1,
        "blocks_in_force": 1,
    },
    response_only=True,
)
SPAN = OpenApiExample(
    "A week",
    {"created_after": "2026-11-13T00:00:00Z", "created_before": "2026-11-20T00:00:00Z"},
    request_only=True,
)
BLOCKS = OpenApiExample("Page", {"results": [_block], **_page})
BLOCK = OpenApiExample("Blocked", _staffs, response_only=True)
BLOCK_REQUEST = OpenApiExample(
    "A network for a day",
    {"network": "203.0.113.0/24", "reason": "Scans us", "minutes": 1440},
    request_only=True,
)
