"""No file stays that no row speaks of."""

import shutil
import uuid
from pathlib import Path

from django.db import transaction

from core import storage
from core.models import ENDED
from downloads.models import Download
from library import selectors as library


def remove_leftovers(download_id: int) -> None:
    """Remove what an ended download left behind; one that is or may be run again keeps it.

    The folder is moved away while the row is locked, so a retry that comes in this moment starts
    with a folder of its own.
    """
    with transaction.atomic():
        download = Download.objects.select_for_update().filter(id=download_id).first()
        if download is not None and download.status not in ENDED:
            return
        doomed = _set_aside(f"d{download_id}")
    remove_unrecorded(Download(pk=download_id))
    if doomed is not None:
        shutil.rmtree(doomed, ignore_errors=True)


def remove_unrecorded(download: Download) -> None:
    """Remove published folders of runs that never got to record them."""
    for key in storage.published_folders(download.folder):
        if not library.is_key_known(key):
            storage.remove(key)


def sweep() -> int:
    """Remove the working folders of downloads that have ended or are no more; return how many."""
    removed = 0
    for path in _working_folders():
        if path.name.startswith("."):
            shutil.rmtree(path, ignore_errors=True)  # set aside by a process that was killed
            continue
        remove_leftovers(int(path.name[1:]))
        removed += not path.exists()
    return removed


def size_of(folder: Path) -> int:
    """Bytes of all files below `folder`, as far as they can be seen right now."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue
    return total


def _set_aside(name: str) -> Path | None:
    folder = storage.partial_folder(name)
    target = folder.with_name(f".{name}-{uuid.uuid4().hex[:8]}")
    try:
        return folder.rename(target)
    except FileNotFoundError:
        return None


def _working_folders() -> list[Path]:
    try:
        return list(storage.partial_root().iterdir())
    except FileNotFoundError:
        return []
