"""The one listener of a web process: hears of every event once, and tells those who follow it.

Live messages are the fast way; the event table is the certain one. Ids grow in commit order, so
the hub delivers live messages as long as they follow one another, and reads the table as soon as
one is missing (and every two seconds in any case). Nobody hears of an event twice, out of order
or not at all.
"""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.db import DatabaseError, InterfaceError

from core import events
from core.live import GROUP, Message
from realtime import access
from realtime.access import Viewer
from realtime.limits import Seats
from realtime.payloads import News
from realtime.threads import off_loop

logger = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
CHECK_SECONDS = 8.0
_PAGE = 500
_RETRY_SECONDS = 1.0


class Follower(Protocol):
    """Whoever is told. `hear` must not wait."""

    @property
    def viewer(self) -> Viewer: ...

    def hear(self, news: News) -> None: ...


class Hub:
    def __init__(self) -> None:
        self.seats = Seats()
        self.feeds: dict[Any, Any] = {}
        self.last_id = 0
        self._by_topic: dict[str, set[Follower]] = defaultdict(set)
        self._by_owner: dict[int, set[Follower]] = defaultdict(set)
        self._of_everything: set[Follower] = set()
        self._behind = asyncio.Event()
        self._misses = False
        self._begun: asyncio.Future[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def ready(self) -> None:
        """Begin with the first socket.

        :raises DatabaseError: the database is away
        """
        if self._begun is None or (self._begun.done() and self._begun.exception()):
            self._begun = asyncio.ensure_future(self._begin())
        await asyncio.shield(self._begun)

    def follow_topic(self, follower: Follower, topic: str) -> Callable[[], None]:
        """Tell `follower` of everything on this topic; call what is returned to stop."""
        return _join(self._by_topic, topic, follower)

    def follow_own(self, follower: Follower) -> Callable[[], None]:
        """Tell `follower` of everything its viewer owns, or of everything if that is staff."""
        if not follower.viewer.is_admin:
            return _join(self._by_owner, follower.viewer.user.pk, follower)
        self._of_everything.add(follower)
        return lambda: self._of_everything.discard(follower)

    async def _begin(self) -> None:
        self.last_id = await off_loop(events.latest_id)
        self._tasks = [
            asyncio.create_task(work()) for work in (self._listen, self._look, self._check)
        ]

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear_messages()
            except Exception:  # Redis away, for instance: the table keeps everybody informed
                logger.exception("Live messages cannot be received; trying again")
                await asyncio.sleep(_RETRY_SECONDS)

    async def _hear_messages(self) -> None:
        layer = get_channel_layer()
        channel = await layer.new_channel()
        await layer.group_add(GROUP, channel)
        self._behind.set()  # by what came while nobody listened
        while True:
            letter = await layer.receive(channel)
            for text in letter["messages"]:
                self._take(json.loads(text))

    def _take(self, message: Message) -> None:
        event_id = message["id"]
        if event_id is None:
            if not self._misses:  # it may be older than what is missing; newer comes in a moment
                self._tell(message)
        elif event_id == self.last_id + 1:
            self._deliver(event_id, message)
        elif event_id > self.last_id:
            self._misses = True
            self._behind.set()

    async def _look(self) -> None:
        """Read what did not come by message."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._behind.wait()
            self._behind.clear()
            try:
                await self._catch_up()
                self._misses = self._behind.is_set()
            except (DatabaseError, InterfaceError) as problem:
                logger.warning("The events cannot be read; trying again: %s", problem)
                await asyncio.sleep(_RETRY_SECONDS)
                self._behind.set()

    async def _catch_up(self) -> None:
        full = True
        while full:
            page = await off_loop(events.read_after, self.last_id, _PAGE)
            full = len(page) == _PAGE
            for message in page:
                self._deliver(message["id"] or 0, message)

    def _deliver(self, event_id: int, message: Message) -> None:
        if event_id > self.last_id:
            self.last_id = event_id
            self._tell(message)

    def _tell(self, message: Message) -> None:
        news = News(message, self.last_id)
        for follower in self._followers_of(news):
            if follower.viewer.may_see(news.owner_id):
                try:
                    follower.hear(news)
                except Exception:  # one socket's trouble is not the others'
                    logger.exception("%s could not be told of %s", follower, news.topic)

    def _followers_of(self, news: News) -> set[Follower]:
        followers = self._by_topic.get(news.topic, set()) | self._of_everything
        if news.owner_id is None:
            return followers.union(*self._by_owner.values())
        return followers | self._by_owner.get(news.owner_id, set())

    async def _check(self) -> None:
        """Close the sockets of those who signed out, were deactivated or lost their key."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            try:
                gone = await off_loop(
                    access.no_longer, {socket.viewer for socket in self.seats.taken}
                )
            except (DatabaseError, InterfaceError) as problem:
                logger.warning("Sessions cannot be checked; trying again: %s", problem)
                continue
            for socket in list(self.seats.taken):
                if socket.viewer in gone:
                    socket.revoke(gone[socket.viewer])


def _join(index: dict[Any, set[Follower]], key: Any, follower: Follower) -> Callable[[], None]:
    index[key].add(follower)

    def leave() -> None:
        index[key].discard(follower)
        if not index[key]:
            del index[key]

    return leave


_HUBS: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def current() -> Hub:
    """The hub of this event loop, which in a web server is that of the process."""
    loop = asyncio.get_running_loop()
    if loop not in _HUBS:
        _HUBS[loop] = Hub()
    return _HUBS[loop]
