"""The working folders of downloads: none stays that nobody works in or will work in again."""

import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from core import storage
from core.children import workdir
from core.database import read_clock
from core.jobs.kind import Fenced
from core.models import ACTIVE, ENDED, Status
from downloads.cleaning_reasons import Why
from downloads.models import Download
from downloads.models.download import folder_of, id_of
from downloads.services.tally import Tally
from library import selectors as library
from library.published import newest_in
from library.published import size_of as size_of

STALE_AFTER = timedelta(days=7)
UNKNOWN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Leftover:
    """A working folder that is not needed; of a download if it has its name."""

    path: Path
    reason: Why
    download_id: int | None = None


def make_room(download: Download) -> None:
    """Make the working folder, after removing what earlier runs published but never recorded.

    :raises Fenced: the download is no longer this run's, so neither is the folder
    """
    with transaction.atomic():
        mine = Download.objects.select_for_update().filter(
            id=download.pk, status=Status.RUNNING, token=download.token
        )
        if mine.first() is None:
            raise Fenced
        _remove_unrecorded(download.pk)
    storage.partial_folder(download.folder).mkdir(parents=True, exist_ok=True)


def remove_leftovers(download_id: int) -> None:
    """Remove what an ended download left behind; one that is or may be run again keeps it.

    Everything is moved away while the row is locked, so a retry that comes in this moment starts
    with a folder of its own.
    """
    with transaction.atomic():
        download = Download.objects.select_for_update().filter(id=download_id).first()
        if download is not None and download.status not in ENDED:
            return
        doomed = _set_aside(storage.partial_folder(folder_of(download_id)))
        _remove_unrecorded(download_id)
    if doomed is not None:
        shutil.rmtree(doomed, ignore_errors=True)


def sweep() -> int:
    """Remove the working folders of downloads that have ended or are no more; return how many."""
    found = {number for path in _working_folders() if (number := id_of(path.name)) is not None}
    active = Download.objects.filter(status__in=ACTIVE, id__in=found).values_list("id", flat=True)
    left = found - set(active)
    for download_id in left:
        remove_leftovers(download_id)
    return len(left)


def remove_incomplete(tally: Tally) -> None:
    """Report and remove half-fetched files that no download goes on with."""
    for leftover in _leftovers():
        size = size_of(leftover.path)
        removed = not tally.dry_run and _remove(leftover)
        if removed or tally.dry_run:
            tally.note(
                "folder",
                leftover.reason,
                id=leftover.download_id,
                title=leftover.path.name,
                size_bytes=size,
                removed=removed,
            )
        tally.go_on()


def _leftovers() -> Iterator[Leftover]:
    try:
        paths = list(storage.partial_root().iterdir())
    except FileNotFoundError:
        return
    ids = {number for path in paths if (number := id_of(path.name)) is not None}
    states = dict(Download.objects.filter(id__in=ids).values_list("id", "status"))
    now = read_clock()
    for path in paths:
        if reason := _reason(path, states, now):
            yield Leftover(path, reason, id_of(path.name))


def _reason(path: Path, states: dict[int, str], now: datetime) -> Why | None:
    """Why this is not needed; None if it is, or may be."""
    number = id_of(path.name)
    if path.name.startswith(".d") or (number is not None and states.get(number) not in ACTIVE):
        return Why.ENDED
    age = now - newest_in(path)
    if number is None:
        return Why.UNKNOWN if age > UNKNOWN_AFTER else None
    waits = states[number] == Status.QUEUED
    return Why.STALE if waits and age > STALE_AFTER else None


def _remove(leftover: Leftover) -> bool:
    """Whether it has gone; a download that was begun meanwhile keeps its folder."""
    path, download_id = leftover.path, leftover.download_id
    if leftover.reason == Why.STALE and download_id is not None:
        return _give_up_part(download_id)
    if download_id is not None:
        remove_leftovers(download_id)
    elif path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
    return not path.exists()


def _give_up_part(download_id: int) -> bool:
    """Remove what a waiting download has fetched so far; it goes on waiting."""
    with transaction.atomic():
        waiting = Download.objects.filter(id=download_id, status=Status.QUEUED)
        if waiting.select_for_update().first() is None:
            return False
        doomed = _set_aside(storage.partial_folder(folder_of(download_id)))
        waiting.update(downloaded_bytes=0, progress_percent=0, has_thumbnail=False)
    if doomed is not None:
        shutil.rmtree(doomed, ignore_errors=True)
    return doomed is not None


def _remove_unrecorded(download_id: int) -> None:
    for key in storage.published_folders(folder_of(download_id)):
        if not library.is_key_known(key):
            storage.remove(key)


def _set_aside(folder: Path) -> Path | None:
    """Out of the way of the next run; a child that still works in it is ended first."""
    workdir.evict(folder)
    target = folder.with_name(f".{folder.name}-{uuid.uuid4().hex[:8]}")
    try:
        return folder.rename(target)
    except FileNotFoundError:
        return None


def _working_folders() -> list[Path]:
    """Of all jobs; what a killed process had set aside goes on the way."""
    try:
        paths = list(storage.partial_root().iterdir())
    except FileNotFoundError:
        return []
    for path in paths:
        if path.name.startswith(".d"):
            shutil.rmtree(path, ignore_errors=True)
    return paths
