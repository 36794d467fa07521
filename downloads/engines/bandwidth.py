"""What all downloads of one node may take together: one clock in a file that they share.

The file holds the rate and the moment up to which its bytes are spent. Whoever has received some
moves that moment on and waits for it, so that the rate is kept by however many there are, and a
new one goes for those that run, too. A lock goes with its process.
"""

import fcntl
import mmap
import os
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path

_SHAPE = struct.Struct("dd")  # bytes a second, 0 for no limit; seconds of the monotonic clock
_SIZE = mmap.PAGESIZE
# So much may come at once after a silence, and so long is slept at most between signs of life.
_BURST_SECONDS = 0.25
_SLEEP_SECONDS = 1.0
_LEAST_PIECE = 4 << 10

Tick = Callable[[], None]


class Meter:
    """This process's view of the shared file; its threads take turns."""

    def __init__(self, file: Path) -> None:
        self._handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if os.fstat(self._handle).st_size < _SIZE:
            os.ftruncate(self._handle, _SIZE)
        self._shared = mmap.mmap(self._handle, _SIZE)
        self._lock = threading.Lock()

    @property
    def rate(self) -> float:
        rate: float = _SHAPE.unpack_from(self._shared)[0]
        return rate

    def set_rate(self, rate: float) -> None:
        """Bytes a second; 0 for no limit."""
        with self._locked():
            _SHAPE.pack_into(self._shared, 0, rate, 0.0)

    def piece_bytes(self, most: int) -> int:
        """How much to ask for at once: at a low rate little, so that everybody comes in turn."""
        rate = self.rate
        return most if not rate else max(_LEAST_PIECE, min(most, int(rate * _BURST_SECONDS)))

    def spend(self, received: int, tick: Tick) -> None:
        """Wait until so many bytes are paid for, with signs of life."""
        if not self.rate:
            return
        until = self._book(received)
        while (left := until - time.monotonic()) > 0 and self.rate:
            time.sleep(min(left, _SLEEP_SECONDS))
            tick()

    def close(self) -> None:
        self._shared.close()
        os.close(self._handle)

    def _book(self, received: int) -> float:
        with self._locked():
            rate, spent_until = _SHAPE.unpack_from(self._shared)
            now = time.monotonic()
            if not rate or spent_until > now + 3600:  # of before the machine began anew
                spent_until = 0.0
            begin = max(spent_until, now - _BURST_SECONDS)
            until: float = begin + (received / rate if rate else 0.0)
            _SHAPE.pack_into(self._shared, 0, rate, until)
            return until

    def _locked(self) -> "_Locked":
        return _Locked(self._lock, self._handle)


class _Locked:
    """Among the threads of this process, and among the processes."""

    def __init__(self, lock: threading.Lock, handle: int) -> None:
        self._lock = lock
        self._handle = handle

    def __enter__(self) -> None:
        self._lock.acquire()
        fcntl.flock(self._handle, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        fcntl.flock(self._handle, fcntl.LOCK_UN)
        self._lock.release()


class Allowance:
    """What a run may take; without a shared file there is no limit."""

    def __init__(self, meter: Meter | None, tick: Tick) -> None:
        self._meter = meter
        self._tick = tick

    def piece_bytes(self, most: int) -> int:
        return self._meter.piece_bytes(most) if self._meter else most

    def spend(self, received: int) -> None:
        if self._meter:
            self._meter.spend(received, self._tick)


NO_LIMIT = Allowance(None, lambda: None)

_mine: Meter | None = None


def file_in(tools_dir: Path) -> Path:
    return tools_dir / "bandwidth"


def open_shared(tools_dir: Path) -> None:
    """In a child, before it may only write into its own folder."""
    global _mine
    _mine = Meter(file_in(tools_dir))


def allowance(tick: Tick) -> Allowance:
    return Allowance(_mine, tick)
