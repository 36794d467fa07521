"""A few at a time: YouTube's JavaScript takes over 200 MB for a second or two."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from downloads.engines.base import Tick

_LOOK_SECONDS = 0.05
_TICK_SECONDS = 2.0


@contextmanager
def turn(files: list[Path], tick: Tick) -> Iterator[None]:
    """Waits for one of the files. A lock goes with its process, so no turn is ever lost."""
    locks = [os.open(file, os.O_RDONLY | os.O_CLOEXEC) for file in files]
    try:
        _wait(locks, tick)
        yield
    finally:
        for lock in locks:
            os.close(lock)


def _wait(locks: list[int], tick: Tick) -> None:
    ticked = time.monotonic()
    while not any(_taken(lock) for lock in locks):
        if time.monotonic() - ticked > _TICK_SECONDS:
            ticked = time.monotonic()
            tick()
        time.sleep(_LOOK_SECONDS)


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
