"""Carries live messages out of this process on a thread of its own, never in a caller's way."""

import asyncio
import json
import logging
import os
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from multiprocessing.util import Finalize
from time import monotonic, sleep
from typing import Any, TypedDict

from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)

GROUP = "live"

_ROOM = 2000
_LETTER_BYTES = 60_000
_SEND_SECONDS = 5.0
_FLUSH_SECONDS = 1.0


class Message(TypedDict):
    """What travels. `id` is that of the recorded event; progress has none."""

    id: int | None
    topic: str
    type: str
    owner_id: int | None
    data: dict[str, Any]
    at: str


@dataclass(frozen=True, slots=True)
class _Waiting:
    text: str
    recorded: bool


class Sender:
    """One per process. Fire and forget: what cannot be sent is dropped, progress before moves.

    A dropped move is not lost: readers find it in the event table (see realtime.hub).
    """

    def __init__(self) -> None:
        self._forget()

    def put(self, messages: Iterable[Message]) -> None:
        letters = [
            _Waiting(json.dumps(message), message["id"] is not None) for message in messages
        ]
        with self._lock:
            self._waiting.extend(letters)
            self._drop_surplus()
            loop, wake = self._running()
        loop.call_soon_threadsafe(wake.set)

    def flush(self, seconds: float = _FLUSH_SECONDS) -> None:
        """Give what waits a last chance before the process ends."""
        deadline = monotonic() + seconds
        while (self._waiting or self._busy) and monotonic() < deadline:
            sleep(0.005)

    def _forget(self) -> None:
        """Begin anew; in a forked child the thread is gone and its messages are the parent's."""
        # The parent's loop is kept alive, because closing it here would empty the poll set that
        # the parent still uses.
        self._inherited = getattr(self, "_loop", None)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()
        self._waiting: deque[_Waiting] = deque()
        self._busy = False
        self._failing = False

    def _running(self) -> tuple[asyncio.AbstractEventLoop, asyncio.Event]:
        if self._loop is None:
            self._loop, self._wake = asyncio.new_event_loop(), asyncio.Event()
            threading.Thread(
                target=self._loop.run_until_complete,
                args=[self._carry(self._wake)],
                name="live",
                daemon=True,
            ).start()
            # Runs at the end of forked workers too, where atexit does not.
            Finalize(self, self.flush, exitpriority=10)
        return self._loop, self._wake

    def _drop_surplus(self) -> None:
        while len(self._waiting) > _ROOM:
            progress = (place for place, one in enumerate(self._waiting) if not one.recorded)
            del self._waiting[next(progress, 0)]

    async def _carry(self, wake: asyncio.Event) -> None:
        while True:
            await wake.wait()
            wake.clear()
            while letter := self._take():
                await self._send(letter)
                self._busy = False

    def _take(self) -> list[str]:
        """As many messages as fit one letter."""
        letter: list[str] = []
        with self._lock:
            room = _LETTER_BYTES
            while self._waiting and (not letter or len(self._waiting[0].text) <= room):
                letter.append(self._waiting.popleft().text)
                room -= len(letter[-1])
            self._busy = bool(letter)
        return letter

    async def _send(self, letter: list[str]) -> None:
        try:
            async with asyncio.timeout(_SEND_SECONDS):
                await get_channel_layer().group_send(GROUP, {"type": "live", "messages": letter})
        except Exception:  # whatever it is, the next letter deserves its try
            if not self._failing:
                logger.exception("Live messages cannot be sent; readers catch up from the events")
            self._failing = True
        else:
            self._failing = False


SENDER = Sender()
os.register_at_fork(after_in_child=SENDER._forget)  # noqa: SLF001 - its own module
