"""One progress over all the files that a video is fetched in, a few times a second."""

import time
from collections import deque
from collections.abc import Mapping
from typing import Any

from downloads.engines import clean
from downloads.engines.base import Emit, EngineError
from downloads.engines.codes import Code
from downloads.engines.failures import Stop

_EVERY_SECONDS = 0.25
_SPEED_OVER_SECONDS = 5.0


class Progress:
    """A progress hook of yt-dlp. Stops the download when it becomes larger than allowed."""

    def __init__(self, emit: Emit, *, expected: list[int | None], max_bytes: int) -> None:
        self._emit = emit
        self._max_bytes = max_bytes
        self._expected = expected
        self._done = [0] * len(expected)
        self._part = 0
        self._emitted = 0.0
        self._history: deque[tuple[float, int]] = deque()

    def begin(self, part: int) -> None:
        self._part = part

    def __call__(self, update: Mapping[str, Any]) -> None:
        finished = update.get("status") == "finished"
        total = clean.whole(update.get("total_bytes") or update.get("total_bytes_estimate"))
        received = clean.whole(update.get("downloaded_bytes")) or (total if finished else 0)
        self._done[self._part] = received or 0
        if finished:
            self._expected[self._part] = self._done[self._part]
        elif total:
            self._expected[self._part] = total
        self._check()
        if time.monotonic() - self._emitted >= _EVERY_SECONDS:
            self._report()

    def end(self) -> None:
        """Everything is here: say so, whatever was said last."""
        self._report()

    def _check(self) -> None:
        if sum(self._done) > self._max_bytes:
            text = f"more than {self._max_bytes} bytes"
            raise Stop(EngineError(Code.LIMIT_SIZE, text, start_over=True))

    def _report(self) -> None:
        self._emitted = now = time.monotonic()
        done, total = sum(self._done), self._total()
        speed = self._speed(now, done)
        eta = (total - done) / speed if total is not None and speed else None
        self._emit(
            {
                "event": "progress",
                "downloaded_bytes": done,
                "total_bytes": total,
                "speed": speed,
                "eta": clean.number(eta),
            }
        )

    def _total(self) -> int | None:
        """Never less than what has come: estimates are estimates."""
        if None in self._expected:
            return None
        sizes = zip(self._expected, self._done, strict=True)
        total = sum(max(expected or 0, done) for expected, done in sizes)
        return min(total, clean.LARGEST)

    def _speed(self, now: float, done: int) -> float | None:
        """The mean over the last seconds."""
        self._history.append((now, done))
        while now - self._history[0][0] > _SPEED_OVER_SECONDS:
            self._history.popleft()
        then, before = self._history[0]
        return max(0.0, (done - before) / (now - then)) if now > then else None
