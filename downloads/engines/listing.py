"""What a guarded child runs to tell which videos are behind an address; none is fetched."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, NotRequired, TypedDict
from urllib.parse import urljoin

from core import links
from downloads.engines import clean, drive_file, looking, metadata, options
from downloads.engines.base import DriveOrder, EngineError, Job, Metadata, Parent
from downloads.engines.child import prepare as prepare  # run by the fork server
from downloads.engines.codes import Code
from downloads.engines.context import Context, open_context
from downloads.engines.drive_api import Drive
from downloads.engines.metadata import Info

_AT_ONCE = 50
_MOST_BYTES = 8 << 20  # of everything that one list may make us keep
_LARGEST = 2**31 - 1  # of what its column holds
_NOT_SHOWN = ("[Private video]", "[Deleted video]")
_CLOSED = ("private", "premium_only", "subscriber_only")


class Look(Job):
    """An order like that of a download; of a list the first `most` are told."""

    most: int


class Entry(TypedDict):
    """One video. `available` is False where the source says that it cannot be fetched."""

    url: str
    source: str
    source_key: str
    title: str
    channel: str
    channel_id: str
    duration_seconds: float | None
    published_at: str | None
    available: bool
    estimated_bytes: NotRequired[int | None]


def run(job: Look, emit: Parent) -> None:
    """Emits `entries` any number of times, then `done` with what is said of all of them."""
    try:
        done = _look(job, emit)
    except EngineError as error:
        emit(error.as_event())
    else:
        emit({"event": "done", **done})


def _look(job: Look, emit: Parent) -> dict[str, Any]:
    context = open_context(job, emit)
    try:
        if (order := job["drive"]) is not None:
            return _one(context, _of_drive(context, order))
        with looking.turn(context):
            info = _extract(context, job["most"])
    except Exception as error:
        if isinstance(error, EngineError):
            raise
        raise context.explain(error) from error
    if info.get("_type", "video") == "video":
        looking.check(context, info)
        return _one(context, metadata.read(info, url=job["url"], thumbnail=None), info)
    return _several(context, info, job["most"])


def _extract(context: Context, most: int) -> Info:
    told = options.for_listing(context.job, most=most, deno=context.tools.deno)
    session = context.open_session(told)
    info: Info | None = session.extract_info(context.job["url"], download=False)
    if info is None:
        raise EngineError(Code.SOURCE_UNSUPPORTED, "nothing was found behind the link")
    return info


def _of_drive(context: Context, order: DriveOrder) -> Metadata:
    """
    :raises EngineError: the account does not see it, or it is no video
    """
    file = Drive(context).look(order)
    drive_file.check(file, context.job)
    looking.check_duration(context, file.duration_seconds)
    return file.describe(None)


def _one(context: Context, facts: Metadata, info: Info | None = None) -> dict[str, Any]:
    found = links.recognise(context.job["url"])
    channel = clean.line((info or {}).get("channel_id"), 200)
    entry: Entry = {
        "url": found.url_normalised,
        "source": found.source,
        "source_key": found.source_key,
        "title": facts["title"],
        "channel": facts["uploader"],
        "channel_id": channel,
        "duration_seconds": facts["duration_seconds"],
        "published_at": facts["published_at"],
        "available": True,
        "estimated_bytes": facts["estimated_bytes"],
    }
    context.emit({"event": "entries", "entries": [entry]})
    return {
        "is_playlist": False,
        "title": facts["title"],
        "channel": facts["uploader"],
        "total": 1,
    }


def _several(context: Context, info: Info, most: int) -> dict[str, Any]:
    """A page of which the list has one video, is fetched as that video."""
    raw = [one for one in info.get("entries") or [] if isinstance(one, dict)][:most]
    if info.get("extractor_key") == "Generic" and len(raw) == 1:
        only = {**raw[0], "extractor_key": "Generic"}
        return _one(context, metadata.read(only, url=context.job["url"], thumbnail=None), only)
    entries = list(_bounded(_entries(raw, context.job["url"])))
    for start in range(0, len(entries), _AT_ONCE):
        context.emit({"event": "entries", "entries": entries[start : start + _AT_ONCE]})
    return {
        "is_playlist": True,
        "title": clean.line(info.get("title"), metadata.TITLE_LENGTH),
        "channel": _channel(info),
        "total": max(min(clean.whole(info.get("playlist_count")) or 0, _LARGEST), len(entries)),
    }


def _entries(raw: Iterable[Info], page: str) -> Iterator[Entry]:
    """Each once; what is no address of the web is left out."""
    seen = set[str]()
    for one in raw:
        try:
            found = links.recognise(urljoin(page, _address(one)))
        except ValueError:
            continue
        if found.source_key not in seen and found.url_normalised != page:
            seen.add(found.source_key)
            yield _entry(one, found)


def _address(one: Info) -> str:
    """A flat entry has it at hand; one that was looked into has its page's, or its file's."""
    if one.get("_type") in ("url", "url_transparent"):
        return clean.line(one.get("url"), links.MAX_LENGTH + 1)
    formats = one.get("formats") or [{}]
    by_page = one.get("extractor_key") not in ("Generic", "HTML5MediaEmbed")
    address = one.get("webpage_url") if by_page else None
    return clean.line(address or formats[-1].get("url") or one.get("url"), links.MAX_LENGTH + 1)


def _entry(one: Info, found: links.Recognised) -> Entry:
    facts = metadata.read(one, url=found.url_normalised, thumbnail=None)
    hidden = facts["title"] in _NOT_SHOWN or one.get("availability") in _CLOSED
    live = one.get("live_status") in ("is_live", "is_upcoming")
    return {
        "url": found.url_normalised,
        "source": found.source,
        "source_key": found.source_key,
        "title": facts["title"],
        "channel": _channel(one),
        "channel_id": clean.line(one.get("channel_id"), 200),
        "duration_seconds": facts["duration_seconds"],
        "published_at": facts["published_at"],
        "available": not (hidden or live),
    }


def _channel(info: Info) -> str:
    return clean.line(info.get("channel") or info.get("uploader"), metadata.UPLOADER_LENGTH)


def _bounded(entries: Iterable[Entry]) -> Iterator[Entry]:
    left = _MOST_BYTES
    for entry in entries:
        left -= len(json.dumps(entry))
        if left < 0:
            return
        yield entry
