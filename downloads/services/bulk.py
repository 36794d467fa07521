"""The same done to many downloads, and how much of it was done."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction

from accounts.models import User
from core.errors import ExpectedError, NotFound
from core.models import ACTIVE, Status
from downloads.models import BatchDownload, Download
from downloads.selectors.downloads import DownloadFilter, list_downloads
from downloads.services import ordering, queueing

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Refusal:
    download_id: int
    error: ExpectedError


@dataclass(slots=True)
class Outcome:
    """`unchanged`: nothing was to be done."""

    done: int = 0
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)
    left: int = 0


def act_on_ids(*, by: User, action: str, ids: Sequence[int]) -> Outcome:
    """`action` is one of ACTIONS. What is not there, or somebody else's, is refused like that."""
    found = list(Download.objects.visible_to(by).filter(id__in=ids))
    outcome = _ACTIONS[action](by=by, downloads=_in_order(found, ids))
    known = {download.pk for download in found}
    absent = [pk for pk in dict.fromkeys(ids) if pk not in known]
    outcome.refused += [Refusal(pk, NotFound()) for pk in absent]
    return outcome


def act_on_found(*, by: User, action: str, filter: DownloadFilter) -> Outcome:
    """All that the filter finds and the action can change; the newest, if they are too many."""
    found = list_downloads(user=by, filter=filter).filter(status__in=CHANGES[action])
    number = found.count()
    outcome = _ACTIONS[action](by=by, downloads=list(found[:AT_ONCE]))
    outcome.left = max(0, number - AT_ONCE)
    return outcome


def cancel_downloads(
    *, by: User, downloads: Sequence[Download], batch: BatchDownload | None = None
) -> Outcome:
    """Cancelling what has failed or was cancelled changes nothing; what is complete is refused."""
    ids = [download.pk for download in downloads]
    done = queueing.cancel_many(by=by, ids=ids, batch=batch)
    left = Download.objects.filter(id__in=ids, status=Status.COMPLETED)
    completed = set(left.values_list("id", flat=True))
    refused = [Refusal(pk, queueing.already_completed()) for pk in ids if pk in completed]
    return Outcome(len(done), len(ids) - len(done) - len(refused), refused)


def retry_downloads(
    *, by: User, downloads: Sequence[Download], batch: BatchDownload | None = None
) -> Outcome:
    """Of several that would fetch the same, and where the same is under way, one is started."""
    try:
        return _retry(by, downloads, batch)
    except IntegrityError:  # the same was asked for at this moment, and is seen now
        return _retry(by, downloads, batch)


def move_downloads(*, by: User, downloads: Sequence[Download], first: bool) -> Outcome:
    """To the front or the end of their owners' own queues, in the order they are given."""
    moved = ordering.move_in_queue(by=by, downloads=downloads, first=first)
    refused = [
        Refusal(download.pk, ordering.not_waiting())
        for download in downloads
        if download.pk not in moved
    ]
    return Outcome(done=len(moved), refused=refused)


def _retry(by: User, downloads: Sequence[Download], batch: BatchDownload | None) -> Outcome:
    with transaction.atomic():
        ids = [download.pk for download in downloads]
        queueing.take_turns([download.owner_id for download in downloads])
        rows = Download.objects.select_for_update(of=("self",), no_key=True).filter(id__in=ids)
        ended = [one for one in rows.order_by("id") if one.status in CHANGES["retry"]]
        twins = _under_way(ended)
        alone: dict[tuple[int, str], int] = {}
        for download in ended:
            if _same(download) not in twins:
                alone.setdefault(_same(download), download.pk)
        again = queueing.retry_many(by=by, ids=list(alone.values()), batch=batch)
        done = {one.pk for one in again}
    waiting = {download.pk for download in ended}
    refused = [
        Refusal(pk, queueing.already_under_way() if pk in waiting else queueing.not_retryable())
        for pk in ids
        if pk not in done
    ]
    return Outcome(done=len(done), refused=refused)


def _under_way(downloads: Sequence[Download]) -> set[tuple[int, str]]:
    active = Download.objects.active().filter(
        owner_id__in={download.owner_id for download in downloads},
        fingerprint__in={download.fingerprint for download in downloads},
    )
    return set(active.values_list("owner_id", "fingerprint"))


def _same(download: Download) -> tuple[int, str]:
    return download.owner_id, download.fingerprint


def _in_order(found: Sequence[Download], ids: Sequence[int]) -> list[Download]:
    by_id = {download.pk: download for download in found}
    return [by_id[pk] for pk in dict.fromkeys(ids) if pk in by_id]


def _move_first(*, by: User, downloads: Sequence[Download]) -> Outcome:
    return move_downloads(by=by, downloads=downloads, first=True)


def _move_last(*, by: User, downloads: Sequence[Download]) -> Outcome:
    return move_downloads(by=by, downloads=downloads, first=False)


_ACTIONS = {
    "cancel": cancel_downloads,
    "retry": retry_downloads,
    "first": _move_first,
    "last": _move_last,
}
ACTIONS = tuple(_ACTIONS)
CHANGES = {
    "cancel": ACTIVE,
    "retry": (Status.FAILED, Status.CANCELLED),
    "first": (Status.QUEUED,),
    "last": (Status.QUEUED,),
}
