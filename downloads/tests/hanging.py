"""What the child of a test does that nothing but the kernel ends. Imports nothing of Django."""

import signal
import subprocess
from collections.abc import Callable
from typing import Any


def hang(job: dict[str, Any], emit: Callable[[dict[str, Any]], None]) -> None:
    """Deaf to SIGTERM, beside a program it has started; its line tells of life for ever."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    program = subprocess.Popen([job["sleeper"], "600"])
    emit({"event": "stage", "stage": "resolving", "program": program.pid})
    busy = 0
    while True:
        busy += 1
        if busy % 500_000 == 0:
            emit({"event": "alive"})
