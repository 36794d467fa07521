"""The folders that a child may write, as checks for the guard's audit hook."""

import os
from collections.abc import Callable, Iterable
from typing import Any

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Refused(PermissionError):
    """Something other than a connection that a child may not do."""


class Jail:
    def __init__(self, folders: Iterable[str]) -> None:
        self._folders = tuple(folders)

    def checks(self) -> dict[str, Callable[..., None]]:
        """By audit event. What only changes entries is named by path and folder descriptor."""
        return {
            "open": self._opening,
            "sqlite3.connect": self._database,
            **dict.fromkeys(
                ("os.remove", "os.rmdir", "os.mkdir", "os.chmod", "os.chown"), self._one
            ),
            "os.rename": self._two,
            **dict.fromkeys(("os.link", "os.symlink"), self._link),
            "os.truncate": self._truncation,
        }

    def holds(self, path: str) -> bool:
        return any(path == folder or path.startswith(folder + os.sep) for folder in self._folders)

    def _opening(self, path: Any, _mode: Any, flags: int, *_: Any) -> None:
        if isinstance(path, str | bytes | os.PathLike) and flags & _WRITES:
            self._check(os.path.realpath(os.fsdecode(path)))

    def _database(self, path: Any) -> None:
        """SQLite opens its files by itself."""
        if path != ":memory:":
            self._check(os.path.realpath(os.fsdecode(path)))

    def _one(self, path: Any, *rest: Any) -> None:
        self._check(_entry(path, rest[-1] if rest else -1))

    def _two(self, source: Any, target: Any, source_folder: int, target_folder: int) -> None:
        self._check(_entry(source, source_folder))
        self._check(_entry(target, target_folder))

    def _link(self, _source: Any, target: Any, *folders: int) -> None:
        self._check(_entry(target, folders[-1]))

    def _truncation(self, path: Any, _length: int) -> None:
        self._check(_entry(path, -1))

    def _check(self, path: str) -> None:
        if path != os.devnull and not self.holds(path):
            raise Refused(f"blocked: writing {path}")


def _entry(path: Any, folder: int) -> str:
    """Where the entry itself lies; what it may point to does not matter here."""
    if isinstance(path, int):
        return os.path.realpath(f"/proc/self/fd/{path}")
    base = f"/proc/self/fd/{folder}" if folder >= 0 else "."
    parent, name = os.path.split(os.path.join(base, os.fsdecode(path)))  # noqa: PTH118
    return os.path.join(os.path.realpath(parent), name)  # noqa: PTH118
