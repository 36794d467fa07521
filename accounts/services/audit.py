"""The audit trail: written in the transaction of the change it tells of, then never changed.

But for two things that the law asks: a person is erased, and what is too old to keep.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from accounts.deeds import Deed
from accounts.models import AuditEntry, User
from core import circumstances
from core.bulk import insert
from core.logs import request_id
from core.text import printable

AT_ONCE = 5000

_PERSON = User._meta.model_name  # noqa: SLF001 - documented under this name
_LONGEST = 200


def record(
    deed: Deed,
    *,
    by: User | None,
    target: Model | None = None,
    owner_id: int | None = None,
    **details: Any,
) -> None:
    """`by` did `deed` to `target`, which is `owner_id`'s.

    `details` are plain JSON and never a secret. `by` is None for what the product does by itself.
    """
    record_many(deed, by=by, targets=[(target, owner_id)], **details)


def record_many(
    deed: Deed,
    *,
    by: User | None,
    targets: Sequence[tuple[Model | None, int | None]],
    **details: Any,
) -> None:
    """The same deed done to each of these (thing, owner's id), in a fixed number of queries."""
    shared = _shared(deed, by.seen_by or by if by else None, details)
    rows = [
        AuditEntry(
            target_type=_kind_of(target),
            target_id=str(target.pk or "") if target is not None else "",
            target_name=_line(str(target)) if target is not None else "",
            owner_id=owner_id,
            **shared,
        )
        for target, owner_id in targets
    ]
    if len(rows) == 1:
        AuditEntry.objects.bulk_create(rows)
        return
    with transaction.atomic():
        insert(rows)


def _shared(deed: Deed, by: User | None, details: dict[str, Any]) -> dict[str, Any]:
    """Who, when, whence and how."""
    how = circumstances.now()
    return {
        "at": timezone.now(),
        "action": deed,
        "actor_id": by.pk if by else None,
        "actor_name": by.username if by else "",
        "means": how.means,
        "means_detail": how.detail[:100],
        "address": how.address or None,
        "agent": _line(how.agent),
        "request_id": request_id.get(),
        "details": details,
    }


def was_lately(deed: Deed, *, by: User, target: Model, since: datetime) -> bool:
    """Whether that is written down already, where doing it again is no news."""
    same = AuditEntry.objects.filter(
        target_type=_kind_of(target), target_id=str(target.pk), at__gt=since
    )
    return same.filter(action=deed, actor_id=by.pk).exists()


def _kind_of(target: Model | None) -> str:
    return (target._meta.model_name or "") if target is not None else ""  # noqa: SLF001


def _line(text: str) -> str:
    """One line of it, so that no name makes up an entry of its own where this is printed."""
    return " ".join(printable(text).split())[:_LONGEST]


def pseudonymise(*, user_id: int, pseudonym: str) -> None:
    """What this person did, and what was done to theirs, stays told: of `pseudonym`.

    Nothing is left that names them: no address, program, e-mail or title of a thing of theirs.
    Staff who did something to them stay named.
    """
    themselves = Q(target_type=_PERSON, target_id=str(user_id))
    concerning = Q(owner_id=user_id) | themselves
    with _maintenance() as entries:
        traces = entries.filter(Q(actor_id=user_id) | concerning & Q(actor_id=None))
        traces.update(address=None, agent="", means_detail="")
        entries.filter(concerning).update(target_name="", details={})
        entries.filter(themselves).update(target_id="", target_name=pseudonym)
        entries.filter(owner_id=user_id).update(owner_id=None)
        entries.filter(actor_id=user_id).update(actor_id=None, actor_name=pseudonym)


def forget_old() -> None:
    """A chore: remove what is older than AUDIT_DAYS; 0 keeps everything."""
    if not settings.AUDIT_DAYS:
        return
    oldest = timezone.now() - timedelta(days=settings.AUDIT_DAYS)
    while AuditEntry.objects.filter(at__lt=oldest).exists():
        with _maintenance() as entries:
            few = entries.filter(at__lt=oldest).order_by("at").values("pk")[:AT_ONCE]
            entries.filter(pk__in=[one["pk"] for one in few]).delete()


@contextmanager
def _maintenance() -> Iterator[QuerySet[AuditEntry, Any]]:
    """The entries as rows that may be changed, until the block ends."""
    with transaction.atomic():
        _say("on")
        yield QuerySet(AuditEntry)
        _say("")


def _say(mode: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('classroom.audit_maintenance', %s, true)", [mode])
