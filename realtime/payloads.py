"""What travels over a socket: names and fields of every message (docs/realtime.md)."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TypedDict, cast

from django.utils.translation import override

from core.live import Message
from downloads.taxonomy import explain

# What the pages hear of besides downloads; the data are those of the event.
PAGE_NEWS = frozenset(
    {
        "sync_update",
        "course_update",
        "credential_update",
        "batch_update",
        "downloads_update",
        "listing_update",
        "subscription_changed",
    }
)


class DownloadUpdate(TypedDict):
    """All a page needs to draw a download anew; facts not known are null."""

    id: int
    status: str
    stage: str | None
    wait_reason: str | None
    title: str | None
    url: str
    source: str
    thumbnail: str | None
    progress: float
    downloaded_bytes: int
    total_bytes: int | None
    speed_bytes_per_second: float | None
    eta_seconds: float | None
    duration: float | None
    quality: str
    format: str | None
    started_at: str | None
    queue_position: int | None
    attempt: int
    file_path: str | None
    file_size: int | None
    video_id: int | None
    linked: bool
    error_code: str | None
    error_message: str | None


class RunningDownload(TypedDict):
    """A card of the dashboard."""

    id: int
    url: str
    title: str | None
    thumbnail: str | None
    progress: float
    status: str
    stage: str | None
    duration: float | None
    quality: str
    file_size: int | None
    format: str | None
    started_at: str | None
    downloaded_bytes: int
    total_bytes: int | None
    speed_bytes_per_second: float | None
    eta_seconds: float | None


class QueueStats(TypedDict):
    """The viewer's own downloads (staff: all); `total` is the sum of the five states."""

    pending: int
    downloading: int
    completed: int
    failed: int
    cancelled: int
    total: int
    queue_position: int | None


class SystemStats(TypedDict):
    total_downloads: int
    completed_downloads: int
    failed_downloads: int
    pending_downloads: int
    downloads_today: int
    downloads_this_week: int
    downloads_this_month: int
    total_storage_used: int
    average_download_time: float | None
    active_connections: int
    system_uptime: int


class Dashboard(TypedDict):
    downloads_in_progress: list[RunningDownload]
    queue_stats: QueueStats
    system_stats: SystemStats
    timestamp: str


class Frame:
    """One message on its way out, encoded once however many sockets it goes to."""

    def __init__(
        self,
        type: str,
        data: Mapping[str, Any],
        *,
        event_id: int,
        at: str = "",
        **beside: int,
    ) -> None:
        self._message = {
            "type": type,
            **beside,
            "data": data,
            "timestamp": at or now(),
            "event_id": event_id,
        }

    @cached_property
    def text(self) -> str:
        return json.dumps(self._message, ensure_ascii=False, separators=(",", ":"))


class News:
    """Something that happened, as the hub tells it to those who follow it.

    `id` is None for progress; `seen_id` is the newest event its hearer knows of by then.
    """

    def __init__(self, message: Message, seen_id: int) -> None:
        self.id = message["id"]
        self.seen_id = seen_id
        self.topic = message["topic"]
        self.type = message["type"]
        self.owner_id = message["owner_id"]
        self.data = message["data"]
        self.at = message["at"]
        self._frames: dict[str, Frame] = {}

    def download_frame(self, language: str) -> Frame:
        """The message for whoever watches this download; errors speak the reader's language."""
        code = self.data["error_message"] and self.data["error_code"]
        key = language if code else ""
        if key not in self._frames:
            update = {**self.data, "error_message": said(code, language)} if code else self.data
            self._frames[key] = download_update(update, event_id=self.seen_id, at=self.at)
        return self._frames[key]


def download_update(update: Mapping[str, Any], *, event_id: int, at: str = "") -> Frame:
    return Frame("download_update", update, event_id=event_id, at=at, download_id=update["id"])


def running_download(update: Mapping[str, Any]) -> RunningDownload:
    """What of a download's update the dashboard shows."""
    shown = {name: update[name] for name in RunningDownload.__annotations__}
    return cast("RunningDownload", shown)


def said(code: str, language: str) -> str:
    with override(language):
        return str(explain(code).message)


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
