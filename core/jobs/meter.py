"""Tells a run that has stalled from one that is slow."""

from time import monotonic

LEAST_BYTES_PER_SECOND = 1024


class Meter:
    """Stalled means: less than 1 KiB/s over `window` seconds, and no other sign of life."""

    def __init__(self, window: float) -> None:
        self.window = window
        self._since = monotonic()
        self._bytes = 0

    def alive(self) -> None:
        self._since = monotonic()

    def at(self, position: int) -> None:
        """Note how many bytes there are now."""
        if not 0 <= position - self._bytes < self.window * LEAST_BYTES_PER_SECOND:
            self._bytes = position
            self.alive()

    @property
    def silent_seconds(self) -> float:
        return monotonic() - self._since

    @property
    def is_stalled(self) -> bool:
        return self.silent_seconds > self.window
