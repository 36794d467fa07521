"""Whether one more download may begin: counted in its claim, so that no two take one place."""

from typing import Any

from django.db import connection, transaction

from core.jobs.kind import Ended, PutBack
from core.models import Status
from downloads.models import Download, gates

_TURN = 0x636C61696D  # one arbitrary number: the key of the advisory lock
_AGAIN_SECONDS = 5.0


def admits(job_id: int) -> bool:
    """Ask within the claim's transaction. What is counted stays as it is until that ends."""
    _wait_for_turn()
    rows = Download.objects.filter(id=job_id, status=Status.QUEUED)
    wanted = rows.values_list("owner_id", "host", "estimated_bytes", "downloaded_bytes").first()
    if wanted is None:
        return False
    owner_id, host, size, fetched = wanted
    found = gates.read(Download.objects.all())
    return found.admit(owner_id=owner_id, host=host, size=size or 0, fetched=fetched)


def reserve(job: Download, fields: dict[str, Any]) -> None:
    """A running download's size has become known: note it, if there is room for it.

    :raises Ended: there is none; it waits, knowing its size from now on
    """
    size = fields["estimated_bytes"]
    if not size:
        return
    with transaction.atomic():
        _wait_for_turn()
        mine = Download.objects.filter(id=job.pk, token=job.token)
        mine.update(estimated_bytes=size)
        found = gates.read(Download.objects.all())
    reason = found.overrun_by(job.owner_id)
    if reason:
        raise Ended(PutBack(reason, _AGAIN_SECONDS))


def _wait_for_turn() -> None:
    """SQLite's write transactions take turns by themselves; PostgreSQL's must be told to."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])
