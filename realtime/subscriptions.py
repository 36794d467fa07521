"""The socket of a subscription: what has become of each of its videos, then every change."""

import asyncio
import logging
from dataclasses import dataclass
from typing import TypedDict

from django.db import DatabaseError, InterfaceError

from accounts.models import User
from core import events
from core.errors import NotFound
from downloads.selectors import subscriptions
from downloads.selectors.subscriptions import FoundFilter, FoundState
from realtime import access
from realtime.access import Refused
from realtime.consumers import LiveSocket
from realtime.outlet import Outlet
from realtime.payloads import Frame, News
from realtime.threads import off_loop

logger = logging.getLogger(__name__)

VIDEOS = 100  # the newest; a list that is longer is read over the API
PAUSE_SECONDS = 0.25


class SubscriptionUpdate(TypedDict):
    """`video_id` is the number of the found video."""

    subscription_id: int
    video_id: int
    status: str
    download_progress: float


@dataclass(frozen=True, slots=True)
class Snapshot:
    """By the found video's number; `downloads` by the download's, `urls` of those without one."""

    updates: dict[int, SubscriptionUpdate]
    downloads: dict[int, int]
    urls: frozenset[str]
    event_id: int


def snapshot_of(*, user: User, subscription_id: int) -> Snapshot:
    """:raises NotFound: there is none, or it is somebody else's"""
    event_id = events.latest_id()
    one = subscriptions.get_subscription(user=user, subscription_id=subscription_id)
    found = subscriptions.list_found(user=user, filter=FoundFilter(subscription_id=one.pk))
    rows = list(found[:VIDEOS])
    states = subscriptions.states_of(rows)
    return Snapshot(
        updates={row.pk: _update(one.pk, row.pk, states[row.pk]) for row in reversed(rows)},
        downloads={download.pk: row.pk for row in rows if (download := states[row.pk].download)},
        urls=frozenset(row.url for row in rows),
        event_id=event_id,
    )


class SubscriptionSocket(LiveSocket):
    """Read anew when something was found or queued; progress in between is passed on."""

    kind = "subscription"
    pause_seconds = PAUSE_SECONDS

    async def follow(self, outlet: Outlet) -> None:
        self._id: int = self.scope["url_route"]["kwargs"]["subscription_id"]
        self._told: dict[int, SubscriptionUpdate] = {}
        self._fresh: dict[int, SubscriptionUpdate] = {}
        self._stale, self._wake = False, asyncio.Event()
        self._snapshot = Snapshot({}, {}, frozenset(), 0)
        self._unfollow = self.hub.follow_own(self)
        self._task: asyncio.Task[None] | None = None
        try:
            self._snapshot = await self._read()
        except NotFound:
            raise Refused(access.NOT_FOUND) from None
        self.greet(outlet, "Connected to the subscription.", subscription_id=self._id)
        self._tell(outlet, self._snapshot.updates)
        self._task = asyncio.ensure_future(self._keep_current(outlet))

    def unfollow(self, outlet: Outlet) -> None:
        if hasattr(self, "_unfollow"):
            self._unfollow()
            if self._task is not None:
                self._task.cancel()

    def hear(self, news: News) -> None:
        if news.type == "download_update":
            self._hear_download(news)
        elif news.type == "downloads_update" or news.topic == f"subscription.{self._id}":
            self._stale = True
            self._wake.set()

    def _hear_download(self, news: News) -> None:
        found_id = self._snapshot.downloads.get(news.data["id"])
        if news.id is not None:  # a move: of one of ours, or of one that has just become ours
            self._stale |= found_id is not None or news.data["url"] in self._snapshot.urls
        elif found_id is not None:
            progress = SubscriptionUpdate(
                subscription_id=self._id,
                video_id=found_id,
                status=news.data["status"],
                download_progress=news.data["progress"],
            )
            if self._told[found_id]["status"] == progress["status"]:  # or it comes too late
                self._fresh[found_id] = progress
        if self._stale or self._fresh:
            self._wake.set()

    async def _keep_current(self, outlet: Outlet) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            fresh, self._fresh = self._fresh, {}
            if self._stale:
                fresh = await self._read_again(outlet)
            self._tell(outlet, fresh)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _read_again(self, outlet: Outlet) -> dict[int, SubscriptionUpdate]:
        self._stale = False
        try:
            self._snapshot = await self._read()
        except NotFound:  # it has ended
            outlet.close(access.NOT_FOUND)
            return {}
        except (DatabaseError, InterfaceError) as problem:
            logger.warning("A subscription cannot be read; trying again: %s", problem)
            self._stale = True
            self._wake.set()
            return {}
        return self._snapshot.updates

    async def _read(self) -> Snapshot:
        snapshot: Snapshot = await off_loop(
            snapshot_of, user=self.viewer.user, subscription_id=self._id
        )
        return snapshot

    def _tell(self, outlet: Outlet, updates: dict[int, SubscriptionUpdate]) -> None:
        for found_id, update in updates.items():
            if self._told.get(found_id) != update:
                self._told[found_id] = update
                event_id = max(self._snapshot.event_id, self.hub.last_id)
                outlet.put(Frame("subscription_update", update, event_id=event_id))


def _update(subscription_id: int, found_id: int, state: FoundState) -> SubscriptionUpdate:
    done = state.status == "completed"
    progress = state.download.progress_percent if state.download else 0.0
    return SubscriptionUpdate(
        subscription_id=subscription_id,
        video_id=found_id,
        status=state.status,
        download_progress=100.0 if done else round(progress, 1),
    )
