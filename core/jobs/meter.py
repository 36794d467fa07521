"""Tells a run that has stalled from one that is slow."""

from time import monotonic

LEAST_BYTES_PER_SECOND = 1024


class Meter:
    """Stalled means: less than 1 KiB/s over `window` seconds, and no other sign of life."""

    def __init__(self, window: float) -> None:
        self.window = window
        self._since = monotonic()
        self._marks: dict[str, int] = {}

    def alive(self) -> None:
        self._since = monotonic()

    def at(self, position: int, *, of: str = "bytes") -> None:
        """Note how far one measure has come; each is compared with itself only."""
        moved = position - self._marks.setdefault(of, 0)
        if not 0 <= moved < self.window * LEAST_BYTES_PER_SECOND:
            self._marks[of] = position
            self.alive()

    @property
    def silent_seconds(self) -> float:
        return monotonic() - self._since

    @property
    def is_stalled(self) -> bool:
        return self.silent_seconds > self.window
