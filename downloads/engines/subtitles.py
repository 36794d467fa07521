"""Subtitles in Portuguese and English as WebVTT, written by people where there are such."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from downloads.engines import clean, ffmpeg
from downloads.engines.base import EngineError, Subtitle
from downloads.engines.codes import Code
from downloads.engines.context import Context
from downloads.engines.metadata import Info

FAMILIES = ("pt", "en")
MAX_BYTES = 10 << 20
_MAX_TRACKS = 8
_LABEL_LENGTH = 60
_LANGUAGE_LENGTH = 20
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
# Best first; ffmpeg turns the second into the first.
_FORMATS = ("vtt", "srt")

Tracks = Mapping[str, list[dict[str, Any]]]


class Track(NamedTuple):
    language: str
    label: str
    automatic: bool
    source: dict[str, Any]


def choose(manual: Tracks, automatic: Tracks) -> list[Track]:
    """All that people wrote in a language; only where there is none, what a machine heard."""
    chosen: list[Track] = []
    for family in FAMILIES:
        written = [name for name in sorted(manual) if _is_of(name, family)]
        heard = [name for name in (f"{family}-orig", family) if name in automatic]
        chosen += _tracks(manual, written, automatic=False) or _tracks(
            automatic, heard[:1], automatic=True
        )
    once = {track.language: track for track in reversed(chosen)}  # the first of each stays
    return [track for track in chosen if once[track.language] is track][:_MAX_TRACKS]


def fetch(context: Context, info: Info) -> list[Subtitle]:
    """Those that can be had. A host that refuses subtitles does not cost the video."""
    found: list[Subtitle] = []
    for track in choose(info.get("subtitles") or {}, info.get("automatic_captions") or {}):
        name = f"subtitles.{track.language}.vtt"
        try:
            _fetch_one(context, info, track).replace(context.folder.publish / name)
        except Exception as error:
            if not context.is_spare(error):
                raise
            continue
        found.append(
            {
                "language": track.language,
                "label": track.label,
                "automatic": track.automatic,
                "file": name,
            }
        )
    return found


def _fetch_one(context: Context, info: Info, track: Track) -> Path:
    raw = context.folder.temp / f"subtitles-{track.language}.{track.source['ext']}"
    raw.unlink(missing_ok=True)
    if (data := track.source.get("data")) is not None:
        raw.write_text(data, encoding="utf-8")
    else:
        request = {"http_headers": info.get("http_headers"), **track.source}
        context.session.dl(str(raw), request, subtitle=True)
    if raw.stat().st_size > MAX_BYTES:
        raise EngineError(Code.LIMIT_SIZE, "a subtitle file of improper size")
    if track.source["ext"] != "vtt":
        source, raw = raw, raw.with_suffix(".vtt")
        ffmpeg.run(context.tools.ffmpeg, [source], [], raw, "webvtt", context.tick)
    if not raw.read_bytes()[:9].removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT"):
        raise EngineError(Code.FILE_CORRUPT, "a subtitle file that is none")
    return raw


def _tracks(tracks: Tracks, names: list[str], *, automatic: bool) -> list[Track]:
    return [
        Track(name.removesuffix("-orig"), _label(source, name), automatic, source)
        for name in names
        if (source := _best(tracks[name])) and _is_language(name.removesuffix("-orig"))
    ]


def _best(sources: list[dict[str, Any]]) -> dict[str, Any] | None:
    for extension in _FORMATS:
        for source in sources:
            if source.get("ext") == extension and (source.get("url") or source.get("data")):
                return source
    return None


def _label(source: Mapping[str, Any], name: str) -> str:
    return clean.line(source.get("name"), _LABEL_LENGTH) or name.removesuffix("-orig")


def _is_language(name: str) -> bool:
    return len(name) <= _LANGUAGE_LENGTH and _LANGUAGE.fullmatch(name) is not None


def _is_of(name: str, family: str) -> bool:
    return name == family or name.startswith(f"{family}-")
