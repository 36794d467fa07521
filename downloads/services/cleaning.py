"""No file stays that no row speaks of."""

import shutil
import uuid
from pathlib import Path

from django.db import transaction

from core import storage
from core.children import workdir
from core.jobs.kind import Fenced
from core.models import ACTIVE, ENDED, Status
from downloads.models import Download
from downloads.models.download import folder_of, id_of
from library import selectors as library


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


def size_of(folder: Path) -> int:
    """Bytes of all files below `folder`, as far as they can be seen right now."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except OSError:
            continue
    return total


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
