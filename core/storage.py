"""The media folder: partial work, the published library, and the atomic step between them.

Layout below MEDIA_ROOT: `partial/<job>/` is one job's private working folder, `library/<key>` is
what has been published. Both lie on one file system, so that publishing is a rename.
"""

import contextlib
import os
import shutil
from pathlib import Path

from django.conf import settings

from core import failpoints
from core.errors import NotFound


def partial_root() -> Path:
    return Path(settings.MEDIA_ROOT) / "partial"


def library_root() -> Path:
    return Path(settings.MEDIA_ROOT) / "library"


def partial_folder(name: str) -> Path:
    return _below(partial_root(), name)


def path_of(key: str) -> Path:
    """Where a published file lies.

    :raises NotFound: the key would leave the library, also by a symbolic link
    """
    return _below(library_root(), key)


def free_bytes() -> int:
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(root).free


def publish(folder: Path, key: str) -> None:
    """Move a whole folder into the library, durably and in one step.

    Every file is on the disk before the rename, and the rename before this returns: whoever
    records `key` afterwards never points at less than the whole folder.
    """
    target = path_of(key)
    _make_shelf(target.parent)
    for file in folder.iterdir():
        _sync(file)
    _sync(folder)
    failpoints.reach("publish.synced")
    folder.rename(target)
    failpoints.reach("publish.renamed")
    _sync(target.parent)


def _make_shelf(shelf: Path) -> None:
    """A folder that nothing has synced is gone after a power cut, with all that lies in it."""
    if not shelf.exists():
        shelf.mkdir(parents=True, exist_ok=True)
        for above in (shelf.parent, shelf.parent.parent):
            _sync(above)


def remove(key: str) -> None:
    """Delete a published file, with its folder once that is empty, or a whole folder.

    Absent is fine. The shelf stays: another job may be publishing to it right now.
    """
    target = path_of(key)
    if target.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        return
    target.unlink(missing_ok=True)
    if target.parent.parent.parent == library_root().resolve():
        with contextlib.suppress(OSError):
            target.parent.rmdir()


def published_folders(name: str) -> list[str]:
    """Keys of the published folders of one job, one for each run that got that far."""
    shelf = path_of(shelf_of(name))
    return [f"{shelf_of(name)}/{path.name}" for path in shelf.glob(f"{name}-*")]


def shelf_of(name: str) -> str:
    """Which shelf of the library a job publishes to: a thousand jobs share one folder."""
    return f"{name[0]}{int(name[1:]) // 1000}"


def _below(root: Path, name: str) -> Path:
    if "\0" in name:
        raise NotFound
    top, path = root.resolve(), (root / name).resolve()
    if not path.is_relative_to(top) or path == top:
        raise NotFound
    return path


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
