"""What every move of a download leaves behind: a row of its history and an event."""

from collections.abc import Sequence

from core import bulk, events
from core.database import read_clock
from core.jobs.kind import Move
from core.models import ENDED
from downloads.models import BatchDownload, Download, Transition
from downloads.selectors import batches
from downloads.services.updates import batch_update_of, update_of

_TOLD_ONE_BY_ONE = 20


def record(moves: Sequence[Move[Download]], *, reason: str, actor: str) -> None:
    """Write both in the transaction of the moves, and tell which batches ended or began anew.

    The batches' rows are locked before the others are counted: of the last two downloads of a
    batch, ending at once, the second one sees that the first has ended.
    """
    now = read_clock()
    bulk.insert(
        [
            Transition(
                at=now,
                download_id=move.job.pk,
                source=move.source,
                target=move.job.status,
                reason=reason,
                actor=actor,
            )
            for move in moves
        ]
    )
    ended = [move.job for move in moves if move.job.status in ENDED or move.source in ENDED]
    turned = _turned(ended) if ended else []
    _tell([move.job for move in moves])
    for batch in turned:
        tell_batch(batch)


def record_made(downloads: Sequence[Download], *, actor: str) -> None:
    """The same for downloads that were just made, none of which is in a batch yet.

    Of many that wait one event tells: nobody can be watching any of them already.
    """
    now = read_clock()
    bulk.insert(
        [
            Transition(
                at=now,
                download_id=download.pk,
                target=download.status,
                reason="linked" if download.linked else "",
                actor=actor,
            )
            for download in downloads
        ]
    )
    waiting = [download for download in downloads if not download.linked]
    if len(waiting) <= _TOLD_ONE_BY_ONE:
        _tell(downloads)
        return
    _tell([download for download in downloads if download.linked])
    tell_queue(owner_id=waiting[0].owner_id, number=len(waiting))


def tell_queue(*, owner_id: int, number: int) -> None:
    """Many downloads of this person were queued, or stand in another order."""
    events.record(
        topic=f"downloads.{owner_id}",
        type="downloads_update",
        owner_id=owner_id,
        data={"number": number},
    )


def tell_batch(batch: BatchDownload) -> None:
    events.record(
        topic=f"batch.{batch.pk}",
        type="batch_update",
        owner_id=batch.owner_id,
        data=batch_update_of(batch),
    )


def _turned(ended: Sequence[Download]) -> list[BatchDownload]:
    """The batches in which every other download has ended."""
    ids = [download.pk for download in ended]
    locked = list(batches.of_downloads(ids).select_for_update().order_by("id"))
    if not locked:
        return []
    going_on = batches.active_in([batch.pk for batch in locked], besides=ids)
    return [batch for batch in locked if batch.pk not in going_on]


def _tell(downloads: Sequence[Download]) -> None:
    events.record_many(
        [
            events.Live(
                topic=f"download.{download.pk}",
                type="download_update",
                owner_id=download.owner_id,
                data=update_of(download),
            )
            for download in downloads
        ]
    )
