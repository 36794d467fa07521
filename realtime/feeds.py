"""A dashboard kept up to date: one for each viewer, however many pages they have open."""

import asyncio
import logging
from collections.abc import Mapping
from time import monotonic
from typing import Any

from django.db import DatabaseError, InterfaceError

from realtime import snapshots
from realtime.access import Viewer
from realtime.hub import Hub
from realtime.outlet import Outlet
from realtime.payloads import Frame, News, RunningDownload, now, running_download
from realtime.snapshots import DashboardSnapshot
from realtime.threads import off_loop

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 1 / 3
_LOAD = 4  # building takes a quarter of one thread's time at most
_OLD_SECONDS = 60.0
_FRESH_SECONDS = 2.0  # a worker writes progress to its row at least this often


def dashboard_of(hub: Hub, viewer: Viewer) -> "DashboardFeed":
    key = (viewer.user.pk, viewer.is_admin)
    if key not in hub.feeds:
        hub.feeds[key] = DashboardFeed(hub, viewer)
    feed: DashboardFeed = hub.feeds[key]
    return feed


class DashboardFeed:
    """Progress is painted into the last snapshot; a move makes it stale, and it is read anew."""

    def __init__(self, hub: Hub, viewer: Viewer) -> None:
        self.viewer = viewer
        self._hub = hub
        self._outlets: set[Outlet] = set()
        self._snapshot: DashboardSnapshot | None = None
        self._stale = True
        self._progress: dict[int, tuple[float, Mapping[str, Any]]] = {}
        self._wake = asyncio.Event()
        self._wake.set()
        self._unfollow = hub.follow_own(self)
        self._task = asyncio.ensure_future(self._keep_current())

    def join(self, outlet: Outlet) -> None:
        self._outlets.add(outlet)
        if self._snapshot is not None:
            outlet.put_newest(self._frame(self._snapshot))

    def leave(self, outlet: Outlet) -> None:
        self._outlets.discard(outlet)
        if not self._outlets:
            self._unfollow()
            self._task.cancel()
            del self._hub.feeds[self.viewer.user.pk, self.viewer.is_admin]

    def hear(self, news: News) -> None:
        if news.type not in ("download_update", "downloads_update"):
            return
        if news.id is None:
            self._progress[news.data["id"]] = (monotonic(), news.data)
        elif self._snapshot is None or news.id > self._snapshot.event_id:
            self._stale = True
        self._wake.set()

    async def _keep_current(self) -> None:
        while True:
            await self._until_something_changes()
            began = monotonic()
            if self._stale:
                await self._read()
            if self._snapshot is not None:
                frame = self._frame(self._snapshot)
                for outlet in self._outlets:
                    outlet.put_newest(frame)
            await asyncio.sleep(max(PAUSE_SECONDS, _LOAD * (monotonic() - began)))

    async def _until_something_changes(self) -> None:
        try:
            async with asyncio.timeout(_OLD_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            self._stale = True  # midnight passes without an event
        self._wake.clear()

    async def _read(self) -> None:
        self._stale = False
        try:
            self._snapshot = await off_loop(snapshots.of_dashboard, user=self.viewer.user)
        except (DatabaseError, InterfaceError) as problem:
            logger.warning("The dashboard cannot be read; trying again: %s", problem)
            self._stale = True
            self._wake.set()

    def _frame(self, snapshot: DashboardSnapshot) -> Frame:
        dashboard = snapshot.dashboard
        self._paint(dashboard["downloads_in_progress"])
        connections = self._hub.seats.of(self.viewer)
        shown = {
            "downloads_in_progress": [*dashboard["downloads_in_progress"]],
            "queue_stats": dashboard["queue_stats"],
            "system_stats": {**dashboard["system_stats"], "active_connections": connections},
            "timestamp": now(),
        }
        return Frame("dashboard_update", shown, event_id=snapshot.event_id)

    def _paint(self, cards: list[RunningDownload]) -> None:
        """Put the newest progress on the cards; rows in the database are up to a second older."""
        oldest = monotonic() - _FRESH_SECONDS
        fresh = {pk: told for pk, told in self._progress.items() if told[0] > oldest}
        self._progress = fresh
        for place, card in enumerate(cards):
            if card["id"] in fresh and _is_same_run(fresh[card["id"]][1], card):
                cards[place] = running_download(fresh[card["id"]][1])


def _is_same_run(update: Mapping[str, Any], card: RunningDownload) -> bool:
    return (update["status"], update["started_at"]) == (card["status"], card["started_at"])
