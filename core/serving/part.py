"""One long-running part of the product under the supervisor's eyes."""

import logging
import os
import signal
import subprocess
from time import monotonic

from core import processes

logger = logging.getLogger(__name__)

_LONGEST_PAUSE_SECONDS = 30.0
_STABLE_SECONDS = 30.0


class Part:
    """A process in a session of its own; when it ends it is started again, ever more patiently."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self.command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._failures = 0
        self._not_before = 0.0

    def start(self) -> None:
        self._started = monotonic()
        self._process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=processes.bound(signal.SIGTERM),  # one thread here
        )

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def look_after(self) -> None:
        """Start it again if it has ended."""
        if self.runs:
            if monotonic() - self._started > _STABLE_SECONDS:
                self._failures = 0
        elif self._process is not None:
            self._note_end(self._process)
        elif monotonic() >= self._not_before:
            self.start()

    def ask_to_stop(self) -> None:
        if self._process is not None and self.runs:
            self._process.terminate()

    def kill(self) -> None:
        """End it and whatever is left of its session's group."""
        if self._process is None:
            return
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            logger.debug("Nothing is left of %s", self.name)
        self._process.wait()

    def _note_end(self, process: subprocess.Popen[bytes]) -> None:
        pause = min(0.25 * 2**self._failures, _LONGEST_PAUSE_SECONDS)
        logger.error(
            "%s ended with %s; it starts again in %.1f s", self.name, process.returncode, pause
        )
        self.kill()
        self._process = None
        self._failures += 1
        self._not_before = monotonic() + pause
