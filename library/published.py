"""The published files as they lie on the disk, compared with the rows that speak of them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from core import storage
from core.errors import NotFound
from library import selectors
from library.models import StoredFile

_SHELF = re.compile(r"[a-z]\d+\Z")
_FOLDER = re.compile(r"(?P<job>[a-z]\d+)-(?P<token>.+)\Z")


@dataclass(frozen=True, slots=True)
class Orphan:
    """A file, or a whole folder, that no row speaks of; and when it was last changed."""

    key: str
    size_bytes: int
    changed_at: datetime

    @property
    def made_by(self) -> tuple[str, str]:
        """The job that published it, and the token of its run; empty if it says neither."""
        named = _FOLDER.match(self.folder)
        return (named["job"], named["token"]) if named else ("", "")

    @property
    def folder(self) -> str:
        return self.key.split("/")[1]


def orphans(seen: Callable[[], None]) -> Iterator[Orphan]:
    """All of them; `seen` is called for every published folder."""
    for shelf in _named(storage.library_root(), _SHELF):
        known = selectors.known_keys(f"{shelf.name}/")
        in_use = {key.split("/")[1] for key in known}
        for folder in _named(shelf, _FOLDER):
            seen()
            if folder.name in in_use:
                yield from _strangers_in(folder, known)
            else:
                key = f"{shelf.name}/{folder.name}"
                yield Orphan(key, size_of(folder), newest_in(folder))


def size_on_disk(file: StoredFile) -> int | None:
    """None: there is no such file."""
    try:
        return storage.path_of(file.key).stat().st_size
    except (OSError, NotFound):
        return None


def size_of(folder: Path) -> int:
    """Bytes of all files below `folder`, as far as they can be seen right now."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except OSError:
            continue
    return total


def newest_in(folder: Path) -> datetime:
    """When anything in it was last changed or moved; the kernel's own note cannot be forged."""
    latest = 0.0
    for path in (folder, *folder.rglob("*")):
        try:
            facts = path.lstat()
        except OSError:
            continue
        latest = max(latest, facts.st_mtime, facts.st_ctime)
    return datetime.fromtimestamp(latest, tz=timezone.get_current_timezone())


def _named(folder: Path, pattern: re.Pattern[str]) -> Iterator[Path]:
    """Folders that can be ours; whatever else lies there is left alone."""
    try:
        found = sorted(folder.iterdir())
    except OSError:
        return
    for path in found:
        if pattern.match(path.name) and path.is_dir() and not path.is_symlink():
            yield path


def _strangers_in(folder: Path, known: set[str]) -> Iterator[Orphan]:
    """Single files of a folder in which others are known."""
    for path in sorted(folder.rglob("*")):
        key = f"{folder.parent.name}/{folder.name}/{path.relative_to(folder)}"
        if path.is_file() and key not in known:
            yield Orphan(key, path.stat().st_size, newest_in(path))
