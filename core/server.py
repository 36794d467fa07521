"""The web server: daphne with bounded memory and a quick, tidy end.

Beyond stock daphne: whoever sends to a slow client waits (files and sockets alike), request
bodies are read as the application asks for them, and a stop takes seconds whatever is going on.
"""

import asyncio
import contextlib
import logging
import os
import resource
import signal
import threading
from functools import partial
from typing import Any

from daphne.server import Server as DaphneServer  # first: it chooses Twisted's reactor
from daphne.server import reactor
from twisted.internet import defer
from twisted.internet.error import CannotListenError
from twisted.logger import globalLogBeginner

from core.connections import GOING_AWAY, HttpFactory, Request, WebSocket, WebSocketFactory

__all__ = ["CannotListenError", "WebServer"]

logger = logging.getLogger(__name__)

PING_SECONDS = 20
MESSAGE_BYTES = 64 * 1024
ANSWER_SECONDS = 120  # until the answer begins; how long it then flows is the client's matter
STOP_SECONDS = 3.0
_GRACE_SECONDS = 1.5
_BACKLOG = 1024
_FILES = 65_536


class WebServer(DaphneServer):  # type: ignore[misc]
    def __init__(self, application: Any, host: str, port: int) -> None:
        super().__init__(
            application,
            endpoints=[f"{host}:{port}"],
            http_timeout=ANSWER_SECONDS,
            ping_interval=PING_SECONDS,
            ping_timeout=PING_SECONDS,
            websocket_timeout=-1,
            websocket_max_message_size=MESSAGE_BYTES,
            websocket_max_frame_size=MESSAGE_BYTES,
            server_name="",
        )
        self._host, self._port = host, port
        self.connections: dict[Any, dict[str, Any]] = {}
        self._stopping: asyncio.Task[None] | None = None

    def run(self) -> None:
        """Serve until a signal says stop.

        :raises CannotListenError: the address is taken or not ours
        """
        _allow_many_files()
        globalLogBeginner.beginLoggingTo(
            [lambda _: None],  # type: ignore[list-item]
            redirectStandardIO=False,
            discardBuffer=True,
        )
        self.http_factory = HttpFactory(self)
        self.ws_factory = WebSocketFactory(self)
        self._listener = reactor.listenTCP(
            self._port, self.http_factory, backlog=_BACKLOG, interface=self._host
        )
        reactor.callLater(1, self.application_checker)
        reactor.callLater(2, self.timeout_checker)
        reactor.addSystemEventTrigger("before", "shutdown", self.kill_all_applications)
        loop = reactor._asyncioEventloop  # noqa: SLF001 - Twisted offers no other way to it
        asyncio.set_event_loop(loop)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.begin_stop)
        logger.info("Listening on %s:%s", self._host, self._port)
        reactor.run(installSignalHandlers=False)

    def begin_stop(self) -> None:
        """Take no more, let what runs finish for a moment, then end."""
        if self._stopping is None:
            # A view that hangs in its thread must not keep the process.
            last_resort = threading.Timer(STOP_SECONDS, os._exit, [0])
            last_resort.daemon = True
            last_resort.start()
            self._stopping = asyncio.ensure_future(self._stop())

    async def _stop(self) -> None:
        self._listener.stopListening()
        for protocol in list(self.connections):
            if isinstance(protocol, WebSocket):
                protocol.serverClose(GOING_AWAY)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GRACE_SECONDS):
                while running := self._applications():
                    await asyncio.wait(running)
        reactor.stop()

    def _applications(self) -> list[asyncio.Future[None]]:
        running = [details.get("application_instance") for details in self.connections.values()]
        return [application for application in running if application and not application.done()]

    def kill_all_applications(self) -> defer.Deferred[Any]:
        """Cancel whatever is left, background tasks too, and wait for them to tidy up."""
        left = asyncio.all_tasks(reactor._asyncioEventloop) - {self._stopping}  # noqa: SLF001
        for task in left:
            task.cancel()
        return defer.Deferred.fromFuture(asyncio.gather(*left, return_exceptions=True))

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        scope.setdefault("asgi", {"version": "3.0"})
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        receive = protocol.receive_from(queue) if isinstance(protocol, Request) else queue.get
        application = self.application(scope, receive, partial(self.handle_reply, protocol))
        details = self.connections[protocol]
        details["application_instance"] = asyncio.ensure_future(application)
        return queue

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        await super().handle_reply(protocol, message)
        await protocol.keep_pace()


def _allow_many_files() -> None:
    """Every socket is a file; the usual soft limit of 1024 is few."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if most == resource.RLIM_INFINITY else min(_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
