"""A token bucket that holds one second's worth; whoever finds it empty waits for his turn."""

import threading
import time
from collections.abc import Callable


class Limiter:
    """Thread-safe. A large `take` goes out at once when nothing is owed; the next ones wait."""

    def __init__(
        self, calls_per_second: float, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._second_each = 1.0 / calls_per_second
        self._clock = clock
        self._lock = threading.Lock()
        self._paid_until = 0.0

    def take(self, n: int = 1, *, pause: Callable[[float], None] = time.sleep) -> None:
        """Wait until `n` calls may be made."""
        wait = self._book(n)
        if wait > 0:
            pause(wait)

    def _book(self, n: int) -> float:
        with self._lock:
            now = self._clock()
            wait = max(0.0, self._paid_until - now - 1.0)
            self._paid_until = max(self._paid_until, now) + n * self._second_each
            return wait
