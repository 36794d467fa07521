"""One live process per working folder."""

import contextlib
import fcntl
import json
import os
import signal
import socket
import time
from dataclasses import asdict, dataclass
from pathlib import Path

LOCK = ".lock"
PATIENCE_SECONDS = 5.0


class Busy(Exception):
    """Another live process holds the folder and could not be ended from here."""


@dataclass(frozen=True)
class Holder:
    """Who holds a folder. A process is told from a later one of the same number by its start."""

    pid: int
    started: str
    host: str
    namespace: int
    run: int


def claim(folder: Path, run: int = 0, patience: float = PATIENCE_SECONDS) -> int:
    """Hold the folder until this process ends. A leftover of an earlier run is killed for it:
    it lost its lease, perhaps while it was stopped, and must not write beside us.

    :raises Busy: it is held from elsewhere, by a later run, or the holder does not die
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + patience
    while not _try_lock(lock):
        _end(_read_holder(lock), run)
        if time.monotonic() > deadline:
            os.close(lock)
            raise Busy(f"{folder} is held by another process")
        time.sleep(0.02)
    _write_holder(lock, run)
    return lock


def evict(folder: Path) -> None:
    """Kill whoever holds the folder, if that is a process of this machine."""
    try:
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not _try_lock(lock) and (holder := _read_holder(lock)):
            _end(holder, holder.run)
    except Busy:
        return
    finally:
        os.close(lock)


def _try_lock(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _end(holder: Holder | None, run: int) -> None:
    """Kill the holder's process group; SIGKILL also ends a stopped process."""
    if holder is None:
        return
    if (holder.host, holder.namespace) != _here() or holder.run > run:
        raise Busy(f"held by process {holder.pid} on {holder.host}")
    if started_at(holder.pid) == holder.started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(holder.pid, signal.SIGKILL)


def _read_holder(lock: int) -> Holder | None:
    """None while the holder has not written its name yet."""
    try:
        return Holder(**json.loads(os.pread(lock, 1000, 0)))
    except (ValueError, TypeError):
        return None


def _write_holder(lock: int, run: int) -> None:
    host, namespace = _here()
    holder = Holder(os.getpid(), started_at(os.getpid()) or "", host, namespace, run)
    os.ftruncate(lock, 0)
    os.pwrite(lock, json.dumps(asdict(holder)).encode(), 0)


def _here() -> tuple[str, int]:
    return socket.gethostname(), Path("/proc/self/ns/pid").stat().st_ino


def started_at(pid: int) -> str | None:
    """The kernel's start time of a process, or None if there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return stat.rpartition(")")[2].split()[19]
