"""How parent and child talk: one JSON object a line over a unix stream socket."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Message = dict[str, Any]

MAX_LINE_BYTES = 1 << 20
# What the kernel takes as the path of a unix socket, with the final zero byte.
_MAX_SOCKET_PATH = 108


class ProtocolError(ValueError):
    """The other side does not speak our language."""


def pack(message: Mapping[str, Any]) -> bytes:
    """One line. Lone surrogates, as in titles cut by their site, are written as escapes."""
    return json.dumps(message, separators=(",", ":")).encode("ascii") + b"\n"


class Lines:
    """Puts lines together from whatever pieces arrive, and never holds more than one of them."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[Message]:
        """The messages that this piece completes.

        :raises ProtocolError: a line is longer than MAX_LINE_BYTES or is no JSON object
        """
        *lines, rest = (bytes(self._rest) + data).split(b"\n")
        if max(map(len, [*lines, rest])) > MAX_LINE_BYTES:
            raise ProtocolError("a line is too long")
        self._rest = bytearray(rest)
        return [_unpack(line) for line in lines if line.strip()]


def _unpack(line: bytes) -> Message:
    try:
        message = json.loads(line)
    except ValueError:
        raise ProtocolError("a line is not JSON") from None
    if not isinstance(message, dict):
        raise ProtocolError("a line is not an object")
    return message


@contextmanager
def socket_name(path: Path) -> Iterator[str]:
    """A name for the socket that the kernel takes, however deep its folder lies."""
    if len(os.fsencode(path)) < _MAX_SOCKET_PATH:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
