"""Whether the process that holds a lease is alive, told by the kernel.

Each process that runs jobs keeps a lock on a file of its own in RUN_DIR/holders. The kernel drops
the lock when the process ends, however it ends, so a job of a killed worker is handed back at
once instead of when its lease runs out. A stopped (SIGSTOP) process keeps its lock: for that, and
for workers on other machines, there is the lease.
"""

import fcntl
import uuid
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from core.jobs import node


class Holder:
    """This process as a holder of leases; `id` goes into the rows it claims."""

    def __init__(self) -> None:
        self.id = f"{node.name()}-{uuid.uuid4().hex[:12]}"
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / self.id
        draft = folder / f".{self.id}"
        self._file = draft.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)
        draft.rename(self._path)  # visible only once it is locked

    def close(self) -> None:
        self._path.unlink(missing_ok=True)
        self._file.close()


def gone(holders: Iterable[str]) -> list[str]:
    """Those of `holders` that lived on this host and have ended."""
    return [holder for holder in holders if holder and _has_ended(_folder() / holder)]


def forget_ended() -> None:
    """Remove the files of holders that have ended."""
    for path in _folder().glob("*"):
        if _has_ended(path):
            path.unlink(missing_ok=True)


def _has_ended(path: Path) -> bool:
    try:
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False  # of another host, as far as we know
    except BlockingIOError:
        return False
    return True


def _folder() -> Path:
    return Path(settings.RUN_DIR) / "holders"
