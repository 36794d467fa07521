"""The parent's side: start the fork server, launch children, hear from them, end them."""

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.children.process import failure
from core.children.wire import Lines, Message, ProtocolError, pack, socket_name

ROOT = Path(__file__).resolve().parents[2]

_CONNECT_SECONDS = 5.0
_STOP_SECONDS = 5.0
_READ_BYTES = 1 << 16
_READS_AT_ONCE = 16


class ForkServer:
    """Kept by a supervisor. It dies with the thread that started it; its children do not."""

    def __init__(self, socket_path: Path, preload: Sequence[str]) -> None:
        self._path = socket_path
        self._preload = preload
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self, wait_seconds: float = 60.0) -> None:
        """Returns when it answers.

        :raises OSError: it ended, or did not answer in time
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        command = [sys.executable, "-m", "core.children.server", "--socket", str(self._path)]
        command += ["--preload", ",".join(self._preload), "--die-with-parent", str(os.getpid())]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + wait_seconds
        while not self._path.exists():
            if not self.alive() or time.monotonic() > deadline:
                self.stop()
                raise OSError("the fork server did not start")
            time.sleep(0.01)

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Ends the server; running children go on."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        self._path.unlink(missing_ok=True)


def launch(socket_path: Path, entry: str, job: Mapping[str, Any]) -> "Child":
    """Start `entry` ("module:function") with this job in a child of its own.

    :raises OSError: the fork server does not answer
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(_CONNECT_SECONDS)
        with socket_name(socket_path) as name:
            connection.connect(name)
        connection.sendall(pack({"entry": entry, "job": job}))
    except OSError:
        connection.close()
        raise
    connection.setblocking(False)
    return Child(connection)


class Child:
    """A running job. To close the connection is to kill it, so a lost `Child` leaves nothing."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lines = Lines()
        self.pid: int | None = None
        self.ended = False

    def fileno(self) -> int:
        """For `select`; -1 after `kill`."""
        return self._connection.fileno()

    def read(self) -> list[Message]:
        """The events that are there; never waits."""
        events: list[Message] = []
        for _ in range(_READS_AT_ONCE):
            data = self._receive()
            if not data:
                break
            try:
                events += self._lines.feed(data)
            except ProtocolError as error:
                self.kill()
                events.append(failure(f"the child broke the protocol: {error}"))
                break
        for event in events:
            if event.get("event") == "started":
                self.pid = event["pid"]
        return events

    def send(self, answer: Mapping[str, Any]) -> None:
        """Answer what the child has asked; one that is gone needs no answer."""
        with contextlib.suppress(OSError):
            self._connection.sendall(pack(answer))

    def kill(self) -> None:
        """End it and all that it started, at once, even if it is stopped."""
        if self.pid is None:
            self.read()
        # Once the other end is closed the number may belong to somebody else.
        if not self.ended and self.pid is not None and not self._hung_up():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        self.ended = True
        self._connection.close()

    def _hung_up(self) -> bool:
        poller = select.poll()
        poller.register(self._connection, 0)
        return bool(poller.poll(0))

    def _receive(self) -> bytes:
        """b"" when there is nothing now, or never again (then `ended` is set)."""
        if self.ended:
            return b""
        try:
            data = self._connection.recv(_READ_BYTES)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        self.ended = not data
        return data
