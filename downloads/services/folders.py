"""The directory of a subscription: links to its videos, under names that people can read.

The bytes lie in the library once, whoever has them; a directory `subscriptions/<owner>/<name>`
below the media root holds a symbolic link to each. It is made anew from the rows at any time.
"""

import logging
import os
import shutil
from pathlib import Path

from django.conf import settings

from core import storage
from downloads.models import FoundVideo, Subscription
from downloads.selectors import subscriptions
from library.filenames import safe_filename
from library.models import Video

logger = logging.getLogger(__name__)

ROOT = "subscriptions"


def directory_of(subscription: Subscription) -> str:
    """Below the media root."""
    return f"{ROOT}/{subscription.owner_id}/{subscription.folder}"


def name_of(found: FoundVideo, video: Video) -> str:
    """2026-11-20 Frações (7).mp4: by day, and no two alike."""
    day = (found.published_at or found.found_at).date().isoformat()
    title = video.title[:120]  # letters of four bytes, and still the number is not cut off
    return safe_filename(f"{day} {title} ({video.pk}).{video.container}")


def refresh(subscription: Subscription) -> None:
    """Make the directory hold what the library has of it now. A disk that refuses is no failure
    of the subscription: it is made good the next time.
    """
    wanted = {
        name_of(found, video): storage.library_root() / video.file.key
        for found, video in subscriptions.brought(subscription)
    }
    try:
        _make_alike(_path(directory_of(subscription)), wanted)
    except OSError as problem:
        logger.warning("The directory of %s could not be written: %s", subscription.pk, problem)


def remove(directory: str) -> None:
    """The links alone; the videos stay in the library."""
    shutil.rmtree(_path(directory), ignore_errors=True)


def _path(directory: str) -> Path:
    return Path(settings.MEDIA_ROOT) / directory


def _make_alike(folder: Path, wanted: dict[str, Path]) -> None:
    if not wanted and not folder.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    targets = {name: os.path.relpath(path, folder) for name, path in wanted.items()}
    there = {one.name: str(one.readlink()) for one in folder.iterdir() if one.is_symlink()}
    for name in there:
        if targets.get(name) != there[name]:
            (folder / name).unlink(missing_ok=True)
    for name, target in targets.items():
        if there.get(name) != target:
            _link(folder / name, target)


def _link(path: Path, target: str) -> None:
    try:
        path.symlink_to(target)
    except FileExistsError:  # another node made it at this moment
        return
