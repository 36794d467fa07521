"""One request and the means to answer it, well or badly: what every played host works with."""

import json
import re
import select
import socket
import struct
import time
from collections.abc import Iterable, Iterator, Mapping
from email.message import Message
from http import HTTPStatus
from typing import Protocol

from sandbox.bodies import Body
from sandbox.journal import Entry

Headers = Mapping[str, str]

# Linux tells by POLLRDHUP that the other side closed, even with unread bytes before it.
_CLOSED = getattr(select, "POLLRDHUP", 0) | select.POLLHUP | select.POLLERR
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class Site(Protocol):
    """A host, or several, that the sandbox plays."""

    def answer(self, exchange: "Exchange") -> None: ...


class Transport(Protocol):
    """What an exchange needs of the server's connection."""

    connection: socket.socket
    close_connection: bool

    def write_head(self, status: int, headers: Headers) -> None: ...


class ClientLeftError(ConnectionAbortedError):
    """The client closed the connection while it was being answered."""


class Exchange:
    """`path` is what follows the site's mounting prefix, `url` the whole address."""

    def __init__(
        self,
        transport: Transport,
        entry: Entry,
        *,
        host: str,
        path: str,
        query: dict[str, str],
        headers: Message,
        body: bytes,
    ) -> None:
        self._transport = transport
        self._entry = entry
        self.method = entry.method
        self.url = entry.url
        self.host = host
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body

    def asked_rate(self) -> float | None:
        """The pace that an address asks for itself: `?rate=` in bytes a second."""
        return float(self.query["rate"]) if "rate" in self.query else None

    # Good answers

    def text(
        self,
        content: str | bytes,
        status: int = HTTPStatus.OK,
        content_type: str = "text/html; charset=utf-8",
        headers: Headers | None = None,
        cut_after: int = -1,
    ) -> None:
        """`cut_after`: the connection is closed after that many bytes of what was promised."""
        data = content.encode() if isinstance(content, str) else content
        length = {"Content-Type": content_type, "Content-Length": str(len(data))}
        self.begin(status, length | dict(headers or {}))
        if cut_after >= 0:
            self.hang_up()
            data = data[:cut_after]
        self.write(data)

    def json(self, value: object, status: int = HTTPStatus.OK) -> None:
        self.text(json.dumps(value), status, "application/json; charset=UTF-8")

    def redirect(self, to: str, status: int = HTTPStatus.FOUND) -> None:
        self.text("", status, headers={"Location": to})

    def not_found(self) -> None:
        self.text("not found", HTTPStatus.NOT_FOUND, "text/plain")

    def send(
        self,
        body: Body,
        content_type: str,
        *,
        rate: float | None = None,
        headers: Headers | None = None,
        whole: bool = False,
        cut_after: int = -1,
    ) -> None:
        """A body, or the range of it that was asked for; `rate` is in bytes a second.

        `whole` ignores the range; `cut_after` closes the connection after that many bytes.
        """
        tags = {"ETag": body.etag, "Last-Modified": body.last_modified, "Accept-Ranges": "bytes"}
        if self.headers.get("If-None-Match") == body.etag:
            self.begin(HTTPStatus.NOT_MODIFIED, tags)
            return
        start, stop, partial = (0, body.size, False) if whole else self._range(body)
        if start >= stop and partial:
            missing = {"Content-Range": f"bytes */{body.size}"}
            self.text("", HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=missing)
            return
        head = {"Content-Type": content_type, "Content-Length": str(stop - start), **tags}
        if partial:
            head["Content-Range"] = f"bytes {start}-{stop - 1}/{body.size}"
        status = HTTPStatus.PARTIAL_CONTENT if partial else HTTPStatus.OK
        self.begin(status, head | dict(headers or {}))
        if cut_after >= 0:
            self.hang_up()
            stop = min(stop, start + cut_after)
        self.stream(body.blocks(start, stop), rate)

    # Raw means, for hosts that misbehave

    def begin(self, status: int, headers: Headers) -> None:
        self._entry.status = int(status)
        self._transport.write_head(int(status), headers)

    def write(self, data: bytes | memoryview) -> None:
        if self.method == "HEAD" or not data:
            return
        self._transport.connection.sendall(data)
        self._entry.sent += len(data)

    def stream(self, blocks: Iterable[memoryview], rate: float | None = None) -> None:
        if self.method == "HEAD":
            return
        if not rate:
            for block in blocks:
                self.write(block)
            return
        started, sent = time.monotonic(), 0
        step = max(1, int(rate / 10))
        for piece in _pieces(blocks, step):
            self.write(piece)
            sent += len(piece)
            self.pause(started + sent / rate - time.monotonic())

    def pause(self, seconds: float) -> None:
        """Wait, but not for a client that has gone."""
        poller = select.poll()
        poller.register(self._transport.connection, _CLOSED)
        if poller.poll(max(0.0, seconds * 1000)):
            raise ClientLeftError

    def hang_up(self) -> None:
        """Close the connection once this answer is done."""
        self._transport.close_connection = True

    def reset(self) -> None:
        """Break the connection so that the client sees a reset, not an end."""
        linger = struct.pack("ii", 1, 0)
        self._transport.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._entry.aborted = True
        self.hang_up()

    def _range(self, body: Body) -> tuple[int, int, bool]:
        match = _RANGE.fullmatch(self.headers.get("Range", ""))
        if not match or match[0] == "bytes=-":
            return 0, body.size, False
        if self.headers.get("If-Range", body.etag) not in (body.etag, body.last_modified):
            return 0, body.size, False
        if not match[1]:
            return max(0, body.size - int(match[2])), body.size, True
        last = int(match[2]) if match[2] else body.size - 1
        return int(match[1]), min(last + 1, body.size), True


def _pieces(blocks: Iterable[memoryview], step: int) -> Iterator[memoryview]:
    for block in blocks:
        for at in range(0, len(block), step):
            yield block[at : at + step]
