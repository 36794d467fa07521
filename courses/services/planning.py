"""Which accounts are due to be read by themselves."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.google.scopes import Capability
from accounts.models import Credential
from core import queue
from core.database import database_now
from core.models import ACTIVE
from courses.models import Sync
from courses.services import updates

_WEEK = timedelta(days=7)


def make_due() -> None:
    """Queue a synchronisation for every account whose last one is too long ago.

    Google drops grants that are not used for half a year, so accounts that give no courses, or
    all of them where nothing is read by itself, still get one a week: it only renews the token.
    """
    now = timezone.now()
    for credential in _candidates(now):
        if _is_due(credential, now):
            _make(credential.pk, now)


def _interval() -> timedelta:
    minutes = settings.SYNC_INTERVAL_MINUTES
    return timedelta(minutes=minutes) if minutes else _WEEK


def _candidates(now: datetime) -> QuerySet[Credential]:
    """Without one under way, or of all its courses since the interval began."""
    mine = Sync.objects.filter(credential=OuterRef("pk"))
    recent = mine.filter(course=None, created_at__gt=now - min(_interval(), _WEEK))
    under_way = mine.filter(status__in=ACTIVE)
    return Credential.objects.usable().exclude(Exists(recent)).exclude(Exists(under_way))


def _is_due(credential: Credential, now: datetime) -> bool:
    if settings.SYNC_INTERVAL_MINUTES and credential.may(Capability.LIST_COURSES):
        return True
    used = credential.last_refreshed_at or credential.connected_at
    asked = Sync.objects.filter(credential=credential, created_at__gt=now - _WEEK)
    return used < now - _WEEK and not asked.exists()


def _make(credential_id: int, now: datetime) -> None:
    """Of several nodes that see the same account due, one makes the row."""
    # With its key locked as well, a request that commits at this moment would wait for us, and
    # we for it.
    rows = Credential.objects.select_for_update(no_key=True)
    try:
        with transaction.atomic():
            locked = rows.only("id").filter(id=credential_id)
            if locked.first() is None or not _candidates(now).filter(id=credential_id).exists():
                return
            sync = Sync.objects.create(credential_id=credential_id, available_at=database_now())
            sync.refresh_from_db(fields=["available_at"])
            updates.record(sync)
    except IntegrityError:  # its owner asked for one at this moment
        return
    queue.wake_workers()
