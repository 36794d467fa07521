"""One connection of the web server: an HTTP request or a WebSocket that waits for its client."""
# ruff: noqa: N802 - the names are Twisted's

import asyncio
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import IO, Any
from uuid import uuid4

from daphne.http_protocol import HTTPFactory as DaphneHttpFactory
from daphne.http_protocol import WebRequest
from daphne.ws_protocol import WebSocketFactory as DaphneWebSocketFactory
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer

from core import problems

NORMAL = 1000
GOING_AWAY = 1001
POLICY_VIOLATION = 1008

LARGEST_BODY_BYTES = 4 * 1024 * 1024
_READ_BYTES = 64 * 1024
_STALLED_SECONDS = 60
_MOST_SIGNALS = 20
_SIGNALS_OVER_SECONDS = 10
_LINGER_SECONDS = 5

Message = dict[str, Any]


@implementer(IPushProducer)
class Gate:
    """Open while the client takes what is sent; Twisted closes it above 64 KiB of backlog."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()

    @property
    def is_open(self) -> bool:
        return self._open.is_set()

    async def passed(self) -> None:
        """:raises TimeoutError: the client has taken nothing for a minute"""
        if not self._open.is_set():
            async with asyncio.timeout(_STALLED_SECONDS):
                await self._open.wait()

    def pauseProducing(self) -> None:
        self._open.clear()

    def resumeProducing(self) -> None:
        self._open.set()

    def stopProducing(self) -> None:
        self._open.set()


class Request(WebRequest):  # type: ignore[misc]
    error_template = "<!doctype html><title>%(title)s</title><h1>%(title)s</h1><p>%(body)s</p>"
    content: IO[bytes]
    _gate: Gate | None = None
    _received = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Twisted would parse forms and uploads too, whole and in memory.
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)

    def gotLength(self, length: int | None) -> None:
        super().gotLength(length)
        if length is not None and length > LARGEST_BODY_BYTES:
            self._refuse_body()

    def handleContentChunk(self, data: bytes) -> None:
        if self.content.closed:
            return
        self._received += len(data)
        if self._received > LARGEST_BODY_BYTES:
            self._refuse_body()
        else:
            super().handleContentChunk(data)

    def receive_from(self, queue: asyncio.Queue[Message]) -> Callable[[], Awaitable[Message]]:
        """The body as it is asked for, then what the queue brings.

        Daphne would put all of the body into the queue; it is given an empty one instead.
        """
        body, self.content = self.content, BytesIO()

        async def receive() -> Message:
            if not body.closed:
                chunk = body.read(_READ_BYTES)
                if not chunk:
                    body.close()
                return {"type": "http.request", "body": chunk, "more_body": bool(chunk)}
            while (message := await queue.get())["type"] == "http.request":
                pass
            return message

        return receive

    def handle_reply(self, message: Message) -> None:
        if message.get("more_body") and self._gate is None and self.channel is not None:
            self._gate = Gate()
            self.registerProducer(self._gate, True)
        super().handle_reply(message)

    async def keep_pace(self) -> None:
        """Come back when the client has taken most of what it was sent."""
        if self._gate is None or self.finished or self.channel is None:
            return
        try:
            await self._gate.passed()
        except TimeoutError:
            self._abort()

    def finish(self) -> None:
        if self._gate is not None and self.channel is not None:
            self.unregisterProducer()
        super().finish()

    def handle_exception(self, exception: BaseException) -> None:
        """A broken answer must not look like a whole one."""
        if self._response_started:
            self._abort()
        else:
            super().handle_exception(exception)

    def check_timeouts(self) -> None:
        if not self._response_started:
            super().check_timeouts()

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        if self.content.closed:  # refused, and now its client has sent all of it
            self.channel.loseConnection()
        else:
            super().requestReceived(command, path, version)

    def _refuse_body(self) -> None:
        """Answer at once, and go on listening for a while without keeping what comes.

        A connection closed on a client that still sends is reset, and the answer with it.
        """
        self.content.close()
        self.channel.transport.write(_too_large())
        self.channel.dataReceived = lambda _data: None
        self.channel.setTimeout(_LINGER_SECONDS)

    def _abort(self) -> None:
        if self.channel is not None:
            self.channel.forceAbortClient()


def _too_large() -> bytes:
    """The whole answer, in the words of the API: nothing behind this server sees the request."""
    detail = f"The body may have at most {LARGEST_BODY_BYTES // 1024**2} MiB."
    problem = problems.body(413, problems.CODES[413], detail)
    problem["request_id"] = uuid4().hex
    body = json.dumps(problem).encode()
    head = [
        "HTTP/1.1 413 Content Too Large",
        f"Content-Type: {problems.CONTENT_TYPE}",
        f"Content-Length: {len(body)}",
        f"X-Request-ID: {problem['request_id']}",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


class HttpFactory(DaphneHttpFactory):  # type: ignore[misc]
    def buildProtocol(self, addr: Any) -> Any:
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = Request
        return protocol


class WebSocket(WebSocketProtocol):  # type: ignore[misc]
    _gate: Gate | None = None

    def __init__(self) -> None:
        super().__init__()
        self._signals: deque[float] = deque(maxlen=_MOST_SIGNALS + 1)

    def onOpen(self) -> None:
        self._gate = Gate()
        self.transport.unregisterProducer()  # the HTTP channel it was until now
        self.transport.registerProducer(self._gate, True)
        super().onOpen()

    def onMessage(self, payload: bytes, is_binary: bool) -> None:
        if self.state == self.STATE_OPEN:  # what comes after our goodbye is not read
            super().onMessage(payload, is_binary)

    def onPing(self, payload: bytes) -> None:
        """Who does not read its answers gets no more of them: they would pile up here."""
        self._count_signal()
        if self._gate is None or self._gate.is_open:
            super().onPing(payload)

    def onPong(self, payload: bytes) -> None:
        self._count_signal()
        super().onPong(payload)

    def serverSend(self, content: Any, binary: bool = False) -> None:
        """As a frame, because messages would be held to the limit of what clients may send."""
        if self.state == self.STATE_OPEN:
            payload = content if binary else content.encode()
            self.sendFrame(opcode=2 if binary else 1, payload=payload)

    def serverClose(self, code: int | None = None) -> None:
        """Daphne's way refuses the codes below 3000 that the protocol has for servers."""
        if self.state == self.STATE_OPEN:
            self.sendCloseFrame(code=code or NORMAL)

    async def keep_pace(self) -> None:
        if self._gate is None or self.state != self.STATE_OPEN:
            return
        try:
            await self._gate.passed()
        except TimeoutError:
            self.dropConnection(abort=True)

    def _count_signal(self) -> None:
        """Every ping and pong costs us work; nobody needs more than a few."""
        now = time.monotonic()
        self._signals.append(now)
        many = len(self._signals) > _MOST_SIGNALS
        if many and now - self._signals[0] < _SIGNALS_OVER_SECONDS:
            self.serverClose(POLICY_VIOLATION)


class WebSocketFactory(DaphneWebSocketFactory):  # type: ignore[misc]
    protocol = WebSocket

    def __init__(self, server: Any) -> None:
        super().__init__(server, server=server.server_name)
        self.setProtocolOptions(
            autoPingTimeout=server.ping_timeout,
            allowNullOrigin=True,  # the application looks at the origin
            openHandshakeTimeout=server.websocket_handshake_timeout,
            maxMessagePayloadSize=server.websocket_max_message_size,
            maxFramePayloadSize=server.websocket_max_frame_size,
            failByDrop=False,  # who breaks a rule is told which
        )
