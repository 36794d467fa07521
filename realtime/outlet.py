"""What waits to be sent to one socket: bounded, and in nobody else's way."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import Any

from realtime.access import TOO_SLOW
from realtime.payloads import Frame

ROOM = 256

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Outlet:
    """Moves are sent all and in order; of progress only the newest, and not more often than asked.

    A client who does not read blocks nothing but its own outlet, and is closed when that is full.
    """

    def __init__(self, send: Send, *, pause_seconds: float) -> None:
        self._send = send
        self._pause = pause_seconds
        self._frames: deque[Frame] = deque()
        self._newest: Frame | None = None
        self._due = 0.0
        self._stopped = False
        self._wake = asyncio.Event()
        self._task = asyncio.ensure_future(self._pump())

    def put(self, frame: Frame) -> None:
        if self._stopped:
            return
        if len(self._frames) == ROOM:
            self.close(TOO_SLOW)
            return
        self._frames.append(frame)
        self._wake.set()

    def put_move(self, frame: Frame) -> None:
        """Progress that is still waiting is older than this, and not sent after it."""
        self._newest = None
        self.put(frame)

    def put_newest(self, frame: Frame) -> None:
        if not self._stopped:
            self._newest = frame
            self._wake.set()

    def close(self, code: int) -> None:
        """Close the socket now, past whatever is waiting."""
        if not self._stopped:
            self.stop()
            goodbye = {"type": "websocket.close", "code": code}
            self._task = asyncio.ensure_future(self._send(goodbye))

    def stop(self) -> None:
        self._stopped = True
        self._task.cancel()
        self._frames.clear()
        self._newest = None

    async def _pump(self) -> None:
        while True:
            await self._until_something_is_due()
            while self._frames:
                await self._write(self._frames.popleft())
            if self._newest is not None and monotonic() >= self._due:
                frame, self._newest = self._newest, None
                await self._write(frame)
                self._due = monotonic() + self._pause

    async def _until_something_is_due(self) -> None:
        pause = max(0.0, self._due - monotonic()) if self._newest is not None else None
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self._wake.wait()
        self._wake.clear()

    async def _write(self, frame: Frame) -> None:
        await self._send({"type": "websocket.send", "text": frame.text})
