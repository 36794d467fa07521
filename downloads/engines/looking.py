"""The first step: what is behind the link, may it be fetched, and how does it look."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from downloads.engines import clean, kinds, metadata, stills, tools, turns
from downloads.engines.base import EngineError, Metadata
from downloads.engines.codes import Code
from downloads.engines.context import Context
from downloads.engines.metadata import Info

_PROTOCOLS = ("http", "https", "m3u8", "m3u8_native", "http_dash_segments")
_PICTURES_TRIED = 4


def resolve(context: Context) -> Info:
    """The one video behind the link, with its formats chosen.

    :raises EngineError: a list, a live stream, or larger or longer than allowed
    """
    with turn(context):
        info = _extract(context, context.job["url"])
    check(context, info)
    return info


def check(context: Context, info: Info) -> None:
    """
    :raises EngineError: a live stream, or larger or longer than allowed
    """
    if info.get("is_live") or info.get("live_status") in ("is_live", "is_upcoming"):
        raise EngineError(Code.SOURCE_UNSUPPORTED, "live streams are not downloaded")
    check_duration(context, info.get("duration"))
    size = metadata.estimated_bytes(info)
    if size and size > context.job["max_bytes"]:
        raise EngineError(Code.LIMIT_SIZE, f"{size} bytes are announced")
    formats = metadata.formats_of(info)
    if len(formats) == 1:
        kinds.check_announced(context.job, str(formats[0].get("ext")))
    for chosen in formats:
        if chosen.get("protocol") not in _PROTOCOLS:
            text = f"the protocol {chosen.get('protocol')} is not supported"
            raise EngineError(Code.SOURCE_UNSUPPORTED, text)


def describe(context: Context, info: Info) -> Metadata:
    """The facts, and the source's picture in the working folder."""
    thumbnail = context.folder.thumbnail.name if _fetch_picture(context, info) else None
    return metadata.read(info, url=context.job["url"], thumbnail=thumbnail)


def check_duration(context: Context, seconds: Any) -> None:
    if seconds and seconds > context.job["max_seconds"]:
        raise EngineError(Code.LIMIT_DURATION, f"{min(seconds, clean.LARGEST):.0f} s long")


def _extract(context: Context, url: str) -> Info:
    info: dict[str, Any] | None = context.session.extract_info(url, download=False)
    if info is None:
        raise EngineError(Code.SOURCE_UNSUPPORTED, "nothing was found behind the link")
    if info.get("_type", "video") == "video":
        return info
    entries = [entry for entry in info.get("entries") or [] if entry]
    if info.get("extractor_key") == "Generic" and len(entries) == 1:
        only: dict[str, Any] = entries[0]
        return only if only.get("formats") else _extract(context, only["url"])
    text = "the link leads to a list of videos; give the link of one of them"
    raise EngineError(Code.SOURCE_UNSUPPORTED, text)


def turn(context: Context) -> AbstractContextManager[None]:
    """To look at YouTube, whose scripts need much memory; nobody else is waited for."""
    if context.job["source"] != "youtube":
        return nullcontext()
    return turns.turn(
        tools.turn_files(context.tools.folder, context.job.get("extractions_at_once")),
        context.tick,
    )


def _fetch_picture(context: Context, info: Info) -> bool:
    """The best that can be had; none is no failure."""
    raw = context.folder.temp / "picture"
    for picture in list(reversed(info.get("thumbnails") or []))[:_PICTURES_TRIED]:
        try:
            with context.session.urlopen(picture["url"]) as response:
                raw.write_bytes(response.read(stills.MAX_PICTURE_BYTES))
        except Exception as error:
            if not context.is_spare(error):
                raise
            continue
        if stills.from_picture(raw, context.folder.thumbnail):
            return True
    return False
