"""Ringing a bell for workers that wait: no polling, no message to lose.

On one host the bell is a unix datagram to every listener in RUN_DIR/wake; with PostgreSQL it is a
NOTIFY, which also reaches other machines. A ring carries nothing and may be lost or doubled: it
only says "look at the table", and whoever listens also looks once in a while unasked.
"""

import contextlib
import os
import select
import socket
import uuid
from pathlib import Path
from typing import Protocol

import psycopg
from django.conf import settings
from django.db import connection

_CHANNEL = "classroom_wake"


class Listener(Protocol):
    def fileno(self) -> int:
        """A descriptor that becomes readable when the bell rings."""
        ...

    def clear(self) -> None:
        """Forget the rings so far. Call it before looking at the table.

        :raises OSError: the bell is broken; make a new listener
        """
        ...

    def close(self) -> None: ...


def ring() -> None:
    """Wake every listener. Inside a transaction PostgreSQL rings when it commits."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {_CHANNEL}")
    else:
        _ring_sockets()


def listen() -> Listener:
    return PostgresListener() if connection.vendor == "postgresql" else SocketListener()


def wait(listener: Listener, seconds: float) -> None:
    """Sleep until the bell rings, `seconds` at most."""
    select.select([listener], [], [], seconds)


class SocketListener:
    def __init__(self) -> None:
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(str(self._path))

    def fileno(self) -> int:
        return self._socket.fileno()

    def clear(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                self._socket.recv(16)

    def close(self) -> None:
        self._socket.close()
        self._path.unlink(missing_ok=True)


class PostgresListener:
    """A connection of its own, because Django may close and reopen the shared one.

    :raises psycopg.OperationalError: the database is away; make a new listener later
    """

    def __init__(self) -> None:
        parameters = connection.get_connection_params()
        parameters.pop("context", None)
        parameters.pop("cursor_factory", None)
        self._connection = psycopg.connect(**parameters, autocommit=True)
        self._connection.execute(f"LISTEN {_CHANNEL}")

    def fileno(self) -> int:
        return self._connection.fileno()

    def clear(self) -> None:
        try:
            self._connection.pgconn.consume_input()
        except psycopg.OperationalError as problem:
            raise ConnectionError("the bell's connection to the database broke") from problem
        while self._connection.pgconn.notifies():
            pass

    def close(self) -> None:
        self._connection.close()


def _folder() -> Path:
    return Path(settings.RUN_DIR) / "wake"


def _ring_sockets() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bell:
        bell.setblocking(False)
        for path in _listeners():
            try:
                bell.sendto(b"!", str(path))
            except (ConnectionRefusedError, FileNotFoundError):
                path.unlink(missing_ok=True)  # its process is gone
            except BlockingIOError:
                pass  # rings are waiting there already


def _listeners() -> list[Path]:
    try:
        return list(_folder().iterdir())
    except FileNotFoundError:
        return []
