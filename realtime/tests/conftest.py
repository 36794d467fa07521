"""Sockets as a test opens them, in this process."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, TypeVar

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.conf import settings as django_settings
from django.db import connection, connections
from django.test import Client

from accounts.models import User
from core import live
from realtime.routing import sockets

OURS = "http://testserver"

T = TypeVar("T")


def in_thread(function: Callable[..., T]) -> Callable[..., Awaitable[T]]:
    """`await in_thread(function)(…)`: in a thread that leaves no connection behind."""

    def work(*args: Any, **kwargs: Any) -> T:
        try:
            return function(*args, **kwargs)
        finally:
            connection.close()

    return sync_to_async(work)


@pytest.fixture(autouse=True)
def _connections_of_threads_end(monkeypatch) -> None:
    """A thread that kept its connection would hold the test database."""
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)


REDIS = "redis://127.0.0.1:6379/0"


@pytest.fixture(params=["unix", pytest.param("redis", marks=pytest.mark.redis)])
def relay(request, settings) -> Iterator[str]:
    """The test runs over unix sockets, and where Redis is asked for (-m redis) over that."""
    if request.param == "unix":
        yield request.param
        return
    layer = over_redis(settings, REDIS)
    yield request.param
    flush(layer)


def over_redis(settings, url: str) -> Any:
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [url], "prefix": f"test-{uuid.uuid4().hex}"},
        }
    }
    return get_channel_layer()


def flush(layer: Any) -> None:
    """Close what the sender's thread has opened."""
    loop = live.SENDER._loop
    if loop is not None:
        asyncio.run_coroutine_threadsafe(layer.flush(), loop).result(5)


class Watcher:
    """One open socket and what comes over it."""

    def __init__(self, path: str, headers: dict[str, str], client: str = "127.0.0.1") -> None:
        encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self._communicator = WebsocketCommunicator(sockets, path, headers=encoded)
        self._communicator.scope["client"] = [client, 50000]

    async def connect(self) -> bool:
        """Whether the handshake succeeded."""
        self.accepted, _ = await self._communicator.connect(timeout=5)
        return bool(self.accepted)

    async def next(self, within: float = 5) -> dict[str, Any]:
        return dict(await self._communicator.receive_json_from(timeout=within))

    async def next_of(self, type: str, within: float = 5) -> dict[str, Any]:
        async with asyncio.timeout(within):
            while (message := await self.next(within))["type"] != type:
                pass
        return message

    async def until(self, reached: Callable[[dict[str, Any]], bool], within: float = 5) -> Any:
        async with asyncio.timeout(within):
            while not reached(message := await self.next(within)):
                pass
        return message

    async def nothing(self, for_seconds: float = 0.3) -> bool:
        return bool(await self._communicator.receive_nothing(timeout=for_seconds))

    async def closed_with(self, within: float = 5) -> int:
        output = {"type": ""}
        while output["type"] != "websocket.close":
            output = await self._communicator.receive_output(within)
        return int(output["code"])

    async def say(self, text: str) -> None:
        await self._communicator.send_to(text_data=text)

    async def say_bytes(self, data: bytes) -> None:
        await self._communicator.send_to(bytes_data=data)

    async def leave(self) -> None:
        await self._communicator.disconnect()


Open = Callable[..., Any]


@pytest.fixture
async def watch() -> AsyncIterator[Open]:
    """Open a socket as somebody: `await watch("/ws/dashboard", ana)`; closed with the test."""
    opened: list[Watcher] = []

    async def open_socket(path: str, user: User | None = None, **headers: str) -> Watcher:
        given = {"host": "testserver", "origin": OURS}
        if user is not None:
            given["cookie"] = f"sessionid={await in_thread(session_of)(user)}"
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        watcher = Watcher(path, {name: value for name, value in given.items() if value})
        opened.append(watcher)
        await watcher.connect()
        return watcher

    yield open_socket
    for watcher in opened:
        await watcher.leave()


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[django_settings.SESSION_COOKIE_NAME].value
