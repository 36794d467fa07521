"""Sockets: check who comes, tell the present, then the changes. Nothing is decided here."""

import json
import logging
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Any, ClassVar

from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError, InterfaceError

from core import client_address
from core.errors import NotFound
from realtime import access, feeds, hub, snapshots
from realtime.access import Refused, Viewer
from realtime.outlet import Outlet
from realtime.payloads import PAGE_NEWS, Frame, News, download_update
from realtime.threads import off_loop

logger = logging.getLogger(__name__)

TRY_LATER = 1013
WORDS = 60
WORDS_SECONDS = 10.0


class LiveSocket(AsyncWebsocketConsumer):  # type: ignore[misc]
    """What every socket does. Subclasses say in `follow` what it shows, and in `unfollow` stop."""

    channel_layer_alias = ""  # none: the hub holds the process's only channel
    kind: ClassVar[str]
    pause_seconds: ClassVar[float]
    viewer: Viewer
    address: str
    outlet: Outlet | None = None

    def __init__(self) -> None:
        super().__init__()
        self._words: deque[float] = deque(maxlen=WORDS)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._leave()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Channels would hop through the one database thread for every message."""
        await getattr(self, get_handler_name(message))(message)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        raise StopConsumer

    async def connect(self) -> None:
        if not access.comes_from_our_pages(self.scope):
            await self.close()  # not accepted: the browser gets HTTP 403
            return
        await self.accept()
        try:
            await self._enter()
        except Refused as refusal:
            await self.close(refusal.code)
        except (DatabaseError, InterfaceError) as problem:
            logger.warning("A socket could not be opened: %s", problem)
            await self.close(TRY_LATER)

    async def _enter(self) -> None:
        self.hub = hub.current()
        await self.hub.ready()
        self.viewer = await off_loop(access.viewer_of, self.scope)
        self.address = client_address.bucket_of(client_address.of_scope(self.scope))
        self.hub.seats.take(self)
        self.outlet = Outlet(self.base_send, pause_seconds=self.pause_seconds)
        await self.follow(self.outlet)

    def _leave(self) -> None:
        if self.outlet is not None:
            self.unfollow(self.outlet)
            self.outlet.stop()
            self.hub.seats.leave(self)

    def revoke(self, code: int) -> None:
        if self.outlet is not None:
            self.outlet.close(code)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Clients have nothing to say but `ping`, by which pages notice a dead connection."""
        if self.outlet is None:
            return
        if text_data is None:
            self.outlet.close(access.BAD_DATA)
        elif self._talks_too_much():
            self.outlet.close(access.BROKE_RULES)
        else:
            self.outlet.put(self._answer(text_data))

    def _talks_too_much(self) -> bool:
        self._words.append(monotonic())
        return (
            len(self._words) == self._words.maxlen
            and self._words[-1] - self._words[0] < WORDS_SECONDS
        )

    def _answer(self, text: str) -> Frame:
        code, message = _understood(text)
        if not code:
            return Frame("pong", {}, event_id=self.hub.last_id)
        return Frame("error", {"code": code, "message": message}, event_id=self.hub.last_id)

    async def follow(self, outlet: Outlet) -> None:
        raise NotImplementedError

    def unfollow(self, outlet: Outlet) -> None:
        raise NotImplementedError

    def greet(self, outlet: Outlet, message: str, **beside: int) -> None:
        data = {"message": message, "kind": self.kind, **beside}
        outlet.put(Frame("connection_established", data, event_id=self.hub.last_id))


class DownloadSocket(LiveSocket):
    """One download: where it is now, then every move, and progress at most four times a second."""

    kind = "download"
    pause_seconds = 0.25

    _status: str | None = None  # as the client was told; unknown until the snapshot is there
    _event_id = 0

    async def follow(self, outlet: Outlet) -> None:
        download_id = self.scope["url_route"]["kwargs"]["download_id"]
        self._early: list[News] = []
        self._unfollow = self.hub.follow_topic(self, f"download.{download_id}")
        try:
            snapshot = await off_loop(
                snapshots.of_download,
                user=self.viewer.user,
                download_id=download_id,
                language=self.viewer.language,
            )
        except NotFound:
            raise Refused(access.NOT_FOUND) from None
        self._status, self._event_id = snapshot.update["status"], snapshot.event_id
        self.greet(outlet, "Connected to the download.", download_id=download_id)
        outlet.put(download_update(snapshot.update, event_id=snapshot.event_id))
        for news in self._early:
            self.hear(news)
        self._early.clear()

    def unfollow(self, outlet: Outlet) -> None:
        self._unfollow()

    def hear(self, news: News) -> None:
        if news.type != "download_update" or self.outlet is None:
            return
        if news.id is None:
            self._hear_progress(self.outlet, news)
        elif self._status is None:
            self._early.append(news)
        elif news.id > self._event_id:
            self._status, self._event_id = news.data["status"], news.id
            self.outlet.put_move(news.download_frame(self.viewer.language))

    def _hear_progress(self, outlet: Outlet, news: News) -> None:
        """A worker that has not noticed the end yet must not bring a download back to life."""
        if news.data["status"] == self._status:
            outlet.put_newest(news.download_frame(self.viewer.language))


class DashboardSocket(LiveSocket):
    """All of a viewer's downloads at a glance, anew whenever something changes.

    Our pages, which show more than downloads, are told of that too; a key's scope is downloads.
    """

    kind = "dashboard"
    pause_seconds = feeds.PAUSE_SECONDS

    _unfollow: Callable[[], None] | None = None

    async def follow(self, outlet: Outlet) -> None:
        self.greet(outlet, "Connected to the dashboard.")
        if self.viewer.api_key_id is None:
            self._unfollow = self.hub.follow_own(self)
        self._feed = feeds.dashboard_of(self.hub, self.viewer)
        self._feed.join(outlet)

    def unfollow(self, outlet: Outlet) -> None:
        if self._unfollow is not None:
            self._unfollow()
        self._feed.leave(outlet)

    def hear(self, news: News) -> None:
        if news.type in PAGE_NEWS and self.outlet is not None:
            self.outlet.put(Frame(news.type, news.data, event_id=news.seen_id, at=news.at))


class NoSocket(AsyncWebsocketConsumer):  # type: ignore[misc]
    """The answer at every other path."""

    channel_layer_alias = ""

    async def connect(self) -> None:
        if access.comes_from_our_pages(self.scope):
            await self.accept()
        await self.close(access.NOT_FOUND)


def _understood(text: str) -> tuple[str, str]:
    """What is wrong with a client's message: code and words, both empty for a `ping`."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return "invalid_message", "Messages are JSON objects."
    if not isinstance(message, dict) or message.get("type") != "ping":
        return "unknown_message", 'The only message understood here is {"type": "ping"}.'
    return "", ""
