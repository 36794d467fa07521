"""What every move of a download leaves behind: a row of its history and an event."""

from core import events
from core.models import Status
from downloads.models import Download, Transition
from downloads.services.updates import update_of


def record(download: Download, *, source: Status | None, reason: str, actor: str) -> None:
    """Write both in the transaction of the move."""
    Transition.objects.create(
        download=download,
        source=source or "",
        target=download.status,
        reason=reason,
        actor=actor,
    )
    events.record(
        topic=f"download.{download.pk}",
        type="download_update",
        owner_id=download.owner_id,
        data=update_of(download),
    )
