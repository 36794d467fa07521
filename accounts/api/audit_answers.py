"""What the audit API takes and tells."""

from typing import Annotated, Any, TypedDict

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from accounts.deeds import Deed
from accounts.models import AuditEntry
from core.api import PageQuery
from core.circumstances import Means
from core.fields import Moment as MomentField
from core.fields import Query, Words
from core.shapes import Moment, PageShape, moment

_KINDS = sorted({deed.partition(".")[0] for deed in Deed})


class TrailQuery(Query):
    """Which entries."""

    action = serializers.ChoiceField(
        [*_KINDS, *(deed.value for deed in Deed)],
        required=False,
        help_text="What was done, or the kind of thing it was done to: the word before the dot.",
    )
    actor = Words(help_text="The username of who did it.")
    target = Words(help_text="A kind of thing, such as `video`, or one of them: `video:42`.")
    address = serializers.IPAddressField(required=False)

    def get_fields(self) -> dict[str, Any]:
        """`from` is no name in Python."""
        begin = MomentField(required=False, source="since", help_text="Not before.")
        end = MomentField(required=False, source="until", help_text="Before.")
        return {**super().get_fields(), "from": begin, "to": end}


class TrailPageQuery(PageQuery, TrailQuery):
    pass


class AuditAnswer(TypedDict):
    """Something that was done."""

    id: int
    at: Moment
    action: str
    actor_id: Annotated[int | None, "Nobody: the product did it by itself, or it is not known."]
    actor: Annotated[str, "As they were called then; a pseudonym once their account is erased."]
    means: Annotated[Means, "By which means."]
    means_detail: Annotated[str, "The beginning of the API key, or the number of the sign-in."]
    address: str | None
    agent: str
    request_id: str
    target_type: str
    target_id: str
    target: Annotated[str, "As the thing was called then."]
    owner_id: Annotated[int | None, "Whose thing it is."]
    details: dict[str, Any]


class AuditList(PageShape):
    results: list[AuditAnswer]


def audit_answer(entry: AuditEntry) -> AuditAnswer:
    return AuditAnswer(
        id=entry.pk,
        at=moment(entry.at),
        action=entry.action,
        actor_id=entry.actor_id,
        actor=entry.actor_name,
        means=Means(entry.means),
        means_detail=entry.means_detail,
        address=entry.address,
        agent=entry.agent,
        request_id=entry.request_id,
        target_type=entry.target_type,
        target_id=entry.target_id,
        target=entry.target_name,
        owner_id=entry.owner_id,
        details=entry.details,
    )


_entry: dict[str, Any] = {
    "id": 1043,
    "at": "2026-11-20T12:00:00Z",
    "action": "batch.cancelled",
    "actor_id": 3,
    "actor": "clara",
    "means": "admin",
    "means_detail": "",
    "address": "203.0.113.7",
    "agent": "Mozilla/5.0",
    "request_id": "5f1c0c9a7a1e4f7fb2c4b3c3b0a4f1de",
    "target_type": "batchdownload",
    "target_id": "12",
    "target": "Biology 9",
    "owner_id": 7,
    "details": {"downloads": 40},
}

PAGE = OpenApiExample("Page", {"results": [_entry], "total": 1, "limit": 50, "offset": 0})
