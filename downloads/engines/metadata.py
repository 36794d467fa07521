"""What an extractor tells about a video, as our own facts. Nothing in it is trusted."""

import datetime
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from core.links import without_media_suffix
from downloads.engines import clean
from downloads.engines.base import Chapter, Metadata
from downloads.engines.containers import MAX_PIXELS

TITLE_LENGTH = 500
DESCRIPTION_LENGTH = 20_000
UPLOADER_LENGTH = 200
MAX_CHAPTERS = 200
_NAMED_BY_PAGE = ("Generic", "HTML5MediaEmbed")

Info = Mapping[str, Any]


def read(info: Info, *, url: str, thumbnail: str | None) -> Metadata:
    return {
        "title": _title(info, url),
        "duration_seconds": clean.number(info.get("duration")),
        "uploader": clean.line(info.get("uploader") or info.get("channel"), UPLOADER_LENGTH),
        "description": clean.paragraphs(info.get("description"), DESCRIPTION_LENGTH),
        "published_at": _published_at(info),
        "chapters": _chapters(info),
        "source_id": clean.line(info.get("id"), 200),
        "extractor": clean.line(info.get("extractor_key"), 100).lower(),
        "estimated_bytes": estimated_bytes(info),
        "thumbnail": thumbnail,
        "width": _side(info.get("width")),
        "height": _side(info.get("height")),
    }


def estimated_bytes(info: Info) -> int | None:
    """The sum over the chosen formats, or None as soon as one of them does not say."""
    sizes = [expected_bytes(chosen) for chosen in formats_of(info)]
    return None if None in sizes else min(sum(size or 0 for size in sizes), clean.LARGEST)


def expected_bytes(chosen: Info) -> int | None:
    return clean.whole(chosen.get("filesize") or chosen.get("filesize_approx")) or None


def _side(pixels: Any) -> int | None:
    found = clean.whole(pixels)
    return found if found is not None and found <= MAX_PIXELS else None


def formats_of(info: Info) -> list[Info]:
    """The formats to fetch: one, or a video and an audio to be joined."""
    return list(info.get("requested_formats") or [info])


def _title(info: Info, url: str) -> str:
    """A bare file has no title of its own but its name, an embedded video that of its page."""
    title = clean.line(info.get("title"), TITLE_LENGTH)
    if info.get("extractor_key") in _NAMED_BY_PAGE:
        title = title.removesuffix(" (1)")
    parts = urlsplit(url)
    name = title or clean.line(unquote(parts.path.rpartition("/")[2]), TITLE_LENGTH)
    return without_media_suffix(name) or clean.line(parts.hostname, TITLE_LENGTH)


def _published_at(info: Info) -> str | None:
    """To the second where the source says so, else the day."""
    try:
        if (timestamp := clean.number(info.get("timestamp"))) is not None:
            moment = datetime.datetime.fromtimestamp(timestamp, datetime.UTC)
        else:
            day = datetime.date.fromisoformat(info.get("upload_date") or "")
            moment = datetime.datetime.combine(day, datetime.time(), datetime.UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return None
    return moment.isoformat()


def _chapters(info: Info) -> list[Chapter]:
    chapters: list[Chapter] = []
    for raw in list(info.get("chapters") or [])[:MAX_CHAPTERS]:
        start = clean.number(raw.get("start_time"))
        if start is not None:
            end = clean.number(raw.get("end_time"))
            title = clean.line(raw.get("title"), TITLE_LENGTH)
            chapters.append({"title": title, "start_seconds": start, "end_seconds": end})
    return chapters
