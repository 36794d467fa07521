"""Rows that only tell of something long over: they leave a few hundred at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet
from django_q.models import Failure

from accounts.models import ConnectLink
from core import idempotency
from core.database import read_clock
from core.models import ENDED, IdempotencyKey, Status
from courses.models import Sync
from downloads.cleaning_reasons import Why
from downloads.models import CleaningRun, Listing
from downloads.services.tally import Tally

LISTINGS_KEPT = timedelta(days=7)
SYNCS_KEPT = timedelta(days=30)
LINKS_KEPT = timedelta(days=30)
CLEANINGS_KEPT = timedelta(days=90)
EMPTY_CLEANINGS_KEPT = timedelta(days=7)

_AT_ONCE = 500

Rows = QuerySet[Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record, and which of them are old by now."""

    name: str
    old: Callable[[datetime], Rows]


def remove_old(tally: Tally) -> None:
    for kind in KINDS:
        rows = kind.old(read_clock())
        number = rows.count() if tally.dry_run else _delete(rows, tally)
        if number:
            removed = not tally.dry_run
            tally.note("records", Why.OLD, title=kind.name, number=number, removed=removed)


def _delete(rows: Rows, tally: Tally) -> int:
    number = 0
    while found := list(rows.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE]):
        gone = rows.filter(pk__in=found).delete()[1].get(rows.model._meta.label, 0)  # noqa: SLF001
        number += gone
        tally.go_on()
        if not gone:  # another cleaning, or its owner, was quicker with all of them
            break
    return number


def _listings(now: datetime) -> Rows:
    return Listing.objects.filter(status__in=ENDED, finished_at__lt=now - LISTINGS_KEPT)


def _syncs(now: datetime) -> Rows:
    """But the newest of each account, and the newest that succeeded, by which its page tells."""
    later = Sync.objects.filter(credential=OuterRef("credential"), id__gt=OuterRef("pk"))
    old = Sync.objects.filter(status__in=ENDED, finished_at__lt=now - SYNCS_KEPT)
    replaced = ~Q(status=Status.COMPLETED) | Exists(later.filter(status=Status.COMPLETED))
    return old.filter(Exists(later)).filter(replaced)


def _cleanings(now: datetime) -> Rows:
    old = Q(finished_at__lt=now - CLEANINGS_KEPT)
    empty = Q(found=0, status=Status.COMPLETED, requested_by=None)
    empty &= Q(finished_at__lt=now - EMPTY_CLEANINGS_KEPT)
    return CleaningRun.objects.filter(old | empty, status__in=ENDED)


def _links(now: datetime) -> Rows:
    return ConnectLink.objects.filter(expires_at__lt=now - LINKS_KEPT)


def _answers(now: datetime) -> Rows:
    return IdempotencyKey.objects.filter(created_at__lt=now - idempotency.KEPT)


def _sessions(now: datetime) -> Rows:
    return Session.objects.filter(expire_date__lt=now)


def _failures(now: datetime) -> Rows:
    rows: Rows = Failure.objects.filter(stopped__lt=now - CLEANINGS_KEPT)
    return rows


KINDS = (
    Kind("listings", _listings),
    Kind("synchronisations", _syncs),
    Kind("cleanings", _cleanings),
    Kind("connect links", _links),
    Kind("idempotency keys", _answers),
    Kind("sessions", _sessions),
    Kind("failed tasks", _failures),
)
