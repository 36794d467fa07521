"""Questions that may never be answered, asked on threads of their own with a time limit."""

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

import redis
from django.conf import settings
from django.db import connections

from core.database import AWAY

SECONDS = 2.0


class Probe:
    """One question. While a thread still waits for an answer, others wait for the same one.

    So a server that hangs costs one thread, however often it is asked for.
    """

    def __init__(self, name: str, ask: Callable[[], None]) -> None:
        self.name = name
        self._ask = ask
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._problem = ""

    def begin(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
                self._thread.start()

    def problem(self, seconds: float = SECONDS) -> str:
        """What is wrong, "" for nothing; `begin` comes first."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)
            if thread.is_alive():
                return f"no answer within {seconds:g} s"
        return self._problem

    def _run(self) -> None:
        try:
            self._ask()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
            self._problem = f"{type(error).__name__}: {error}".strip()[:300]
        else:
            self._problem = ""


def ask_database() -> None:
    """Over a connection of its own. A table is read: a file that is gone would be made anew."""
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
    finally:
        with contextlib.suppress(*AWAY):
            connections.close_all()


def ask_storage() -> None:
    """Whether something can be written where downloads are."""
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    trial = root / f".health-{os.getpid()}"
    try:
        trial.write_bytes(b"1")
    finally:
        trial.unlink(missing_ok=True)


def ask_live() -> None:
    """Whether live updates can travel: by Redis, or by sockets in a folder."""
    config = settings.CHANNEL_LAYERS["default"]["CONFIG"]
    if hosts := config.get("hosts"):
        server = redis.Redis.from_url(
            hosts[0], socket_timeout=SECONDS, socket_connect_timeout=SECONDS
        )
        try:
            server.ping()
        finally:
            server.close()
        return
    folder = Path(config["directory"])
    nearest = folder if folder.exists() else folder.parent
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise PermissionError(f"{folder} cannot be written")
