"""Keeps how the calls to Google went, for everybody to see."""

import logging

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from monitoring.models import CallTally
from monitoring.models.calls import Outcome

logger = logging.getLogger(__name__)


def note_call(status: int | None) -> None:
    """Count one call; that it cannot be counted is no reason for it to fail."""
    outcome = outcome_of(status)
    try:
        if not _count(outcome):
            _count_first(outcome)
    except DatabaseError as problem:
        logger.warning("A call to Google was not counted: %s", problem)


def outcome_of(status: int | None) -> Outcome:
    if status is None:
        return Outcome.UNREACHABLE
    if status == 429:
        return Outcome.RATE_LIMITED
    if status >= 500:
        return Outcome.UPSTREAM
    return Outcome.REFUSED if status in {400, 401, 403} else Outcome.OK


def _count(outcome: Outcome) -> int:
    rows = CallTally.objects.filter(outcome=outcome)
    return rows.update(calls=F("calls") + 1, last_at=timezone.now())


def _count_first(outcome: Outcome) -> None:
    try:
        with transaction.atomic():
            CallTally.objects.create(outcome=outcome, calls=1)
    except IntegrityError:  # another process was first
        _count(outcome)
