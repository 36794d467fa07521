"""Why a download waits, and until when: told when it is asked, for it changes with others."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils import timezone

from accounts.models import Credential
from core.models import Status
from downloads.models import Download, gates
from downloads.models.gates import Gates


class WaitReason(StrEnum):
    """In the order in which they are told; `queued` behind others needs no reason."""

    NEEDS_CONSENT = "needs_consent"
    PAUSED = "paused"
    OUTSIDE_HOURS = "outside_hours"
    HOST_PAUSE = "host_pause"
    DISK_LOW = gates.DISK_LOW
    QUOTA_FULL = gates.QUOTA_FULL
    RETRY = "retry"
    USER_LIMIT = "user_limit"
    HOST_LIMIT = "host_limit"


@dataclass(frozen=True, slots=True)
class Wait:
    """`until` is the earliest moment at which it could begin, where that is known."""

    reason: WaitReason | None = None
    until: datetime | None = None


NOTHING = Wait()


def gates_now() -> Gates:
    return gates.read(Download.objects.all())


def wait_of(download: Download) -> Wait:
    """Nothing for what does not wait, or waits for its turn only."""
    if download.status != Status.QUEUED:
        return NOTHING
    if download.credential_id is not None and not _is_usable(download):
        return Wait(WaitReason.NEEDS_CONSENT)
    found = gates_now()
    return (
        _barred(download, found)
        or _without_room(download, found)
        or _later(download)
        or _crowded(download, found)
        or NOTHING
    )


def _barred(download: Download, found: Gates) -> Wait | None:
    """By somebody's will, or by the clock."""
    if found.closed:
        return Wait(WaitReason(found.closed), found.opens_at)
    if download.owner_id in found.paused_owners:
        return Wait(WaitReason.PAUSED)
    if pause := found.paused_hosts.get(download.host):
        return Wait(WaitReason.HOST_PAUSE, max(pause.until, download.available_at))
    return None


def _later(download: Download) -> Wait | None:
    # Only what has run before can have been told to wait; other clocks may go a little ahead.
    waits = bool(download.run) or download.wait_reason == WaitReason.RETRY
    if waits and download.available_at > timezone.now():
        return Wait(WaitReason.RETRY, download.available_at)
    return None


def _without_room(download: Download, found: Gates) -> Wait | None:
    size = download.estimated_bytes or 0
    if found.is_disk_low or not found.fits_disk(size, fetched=download.downloaded_bytes):
        return Wait(WaitReason.DISK_LOW)
    if not found.fits_quota(download.owner_id, size):
        return Wait(WaitReason.QUOTA_FULL)
    return None


def _crowded(download: Download, found: Gates) -> Wait | None:
    """By others that run."""
    if download.owner_id in found.full_owners:
        return Wait(WaitReason.USER_LIMIT)
    if download.host in found.full_hosts:
        return Wait(WaitReason.HOST_LIMIT)
    return None


def _is_usable(download: Download) -> bool:
    """Without reading the account's secrets, which are nobody's business here."""
    if Download.credential.is_cached(download) and download.credential:
        return download.credential.is_active
    return Credential.objects.usable().filter(downloads=download).exists()
