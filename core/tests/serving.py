"""A web server in a process of its own, for tests that come to it as clients."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic, sleep

import psutil
import pytest
from websockets.exceptions import ConnectionClosed

ROOT = Path(__file__).parents[2]
MIB = 1024 * 1024


class Server:
    def __init__(self, command: list[str], port: int, **environment: str) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.ws = f"ws://127.0.0.1:{port}"
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - open as long as the process
        self._process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env={**os.environ, **environment},
            stderr=self._log,
        )
        self._wait()

    def _wait(self) -> None:
        deadline = monotonic() + 20
        while monotonic() < deadline and self._process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            sleep(0.05)
        raise AssertionError(f"the server does not listen: {self.log}")

    @property
    def mebibytes(self) -> float:
        return psutil.Process(self._process.pid).memory_info().rss / MIB

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Its exit code, and how long it took to end."""
        began = monotonic()
        self._process.send_signal(number)
        code = self._process.wait(10)
        return code, monotonic() - began

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._log.close()

    @property
    def log(self) -> str:
        self._log.seek(0)
        return self._log.read()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def code_of(closed: pytest.ExceptionInfo[ConnectionClosed]) -> int:
    """With which code the server closed."""
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code
