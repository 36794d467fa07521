"""Reads of the audit trail, for staff who may."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q

from accounts.models import AuditEntry, User
from accounts.models.audit import AuditEntryQuerySet
from accounts.roles import Power
from core.errors import Forbidden

AT_ONCE = 1000


def list_entries(
    *,
    user: User,
    action: str = "",
    actor: str = "",
    target: str = "",
    address: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> AuditEntryQuerySet:
    """The newest first. `action` is a deed or the kind of thing before its dot; `target` a kind

    of thing, or `kind:number`.

    :raises Forbidden: the audit trail is not theirs to read
    """
    if not user.may(Power.AUDIT):
        raise Forbidden
    kind, _colon, number = target.partition(":")
    wanted = {
        "actor_name__iexact": actor,
        "target_type": kind,
        "target_id": number,
        "address": address,
        "at__gte": since,
        "at__lt": until,
    }
    found = AuditEntry.objects.visible_to(user).order_by("-id")
    if action:
        found = found.filter(Q(action=action) | Q(action__startswith=f"{action}."))
    return found.filter(**{name: value for name, value in wanted.items() if value})


def pages_of(entries: AuditEntryQuerySet) -> Iterator[list[AuditEntry]]:
    """All of them, however many. Each page is a query of its own: another thread may take it."""
    rows = entries.order_by("-id")
    page = list(rows[:AT_ONCE])
    while page:
        yield page
        page = list(rows.filter(id__lt=page[-1].pk)[:AT_ONCE]) if len(page) == AT_ONCE else []
