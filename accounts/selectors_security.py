"""Reads of security events and blocked addresses; for staff who look after security."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from accounts.deeds import SECURITY
from accounts.models import AddressBlock, AuditEntry, User
from accounts.models.audit import AuditEntryQuerySet
from accounts.models.block import AddressBlockQuerySet
from accounts.roles import Power
from core.errors import Forbidden, NotFound

TOP = 20


@dataclass(frozen=True, slots=True)
class Figures:
    """What has happened between two moments; the addresses with most events come first."""

    since: datetime
    until: datetime
    total: int
    events: dict[str, int]
    addresses: list[tuple[str, int]]
    people: list[tuple[str, int]]
    blocks_made: int
    blocks_in_force: int


def list_events(*, user: User, **wanted: Any) -> AuditEntryQuerySet:
    """Newest first; `wanted` are lookups on the entries.

    :raises Forbidden: this is for staff who look after security
    """
    _check(user)
    return AuditEntry.objects.filter(action__in=SECURITY, **wanted).order_by("-pk")


def figures(*, user: User, since: datetime, until: datetime) -> Figures:
    """Four queries, whatever has happened.

    :raises Forbidden: this is for staff who look after security
    """
    rows = list_events(user=user, at__gte=since, at__lt=until).order_by()
    events = dict(rows.values_list("action").annotate(n=Count("pk")))
    blocks = AddressBlock.objects.filter(created_at__gte=since, created_at__lt=until)
    return Figures(
        since=since,
        until=until,
        total=sum(events.values()),
        events=events,
        addresses=_top(rows.exclude(address=None), "address"),
        people=_top(rows.exclude(actor_name=""), "actor_name"),
        blocks_made=blocks.count(),
        blocks_in_force=AddressBlock.objects.in_force().count(),
    )


def list_blocks(*, user: User) -> AddressBlockQuerySet:
    """Newest first, those that are over too.

    :raises Forbidden: this is for staff who look after security
    """
    _check(user)
    rows: AddressBlockQuerySet = AddressBlock.objects.select_related("created_by", "lifted_by")
    return rows.order_by("-pk")


def get_block(*, user: User, block_id: int) -> AddressBlock:
    """
    :raises Forbidden: this is for staff who look after security
    :raises NotFound: there is none
    """
    block = list_blocks(user=user).filter(pk=block_id).first()
    if block is None:
        raise NotFound
    return block


def _check(user: User) -> None:
    if not user.may(Power.SECURITY):
        raise Forbidden


def _top(rows: AuditEntryQuerySet, field: str) -> list[tuple[str, int]]:
    counted = rows.values_list(field).annotate(n=Count("pk")).order_by("-n", field)
    return list(counted[:TOP])
