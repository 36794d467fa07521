"""Sends files of the library: whole, in ranges, or not at all where the browser has them.

A file is read as fast as its receiver takes it, a chunk at a time, whatever its size. Behind
nginx (X_ACCEL_PREFIX) it is only named, and nginx sends it.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from os import stat_result
from pathlib import Path
from typing import cast
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, parse_http_date_safe
from django.utils.translation import gettext_lazy as _

from core import storage
from core.errors import NotFound
from library.filenames import disposition
from library.models import StoredFile

CHUNK_BYTES = 256 * 1024
SMALL_AGE_SECONDS = 3600

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})\Z")
_SHOWN = ("video/", "audio/")


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes `start` to `start + length - 1` of a file."""

    start: int
    length: int


class Unsatisfiable(Exception):
    """The range begins after the file ends."""


def file_response(
    request: HttpRequest, stored: StoredFile, *, filename: str, attachment: bool
) -> HttpResponseBase:
    """Answer a GET or HEAD with a stored file, under `filename`.

    :raises NotFound: the bytes are gone
    """
    shown = stored.content_type.startswith(_SHOWN)
    headers = {
        "Content-Type": stored.content_type if shown else "application/octet-stream",
        "Content-Disposition": disposition(filename, attachment=attachment or not shown),
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    if settings.X_ACCEL_PREFIX:
        return _handed_over(stored.key, headers)
    path, facts = _found(stored.key)
    etag, modified = f'"{stored.sha256}"', int(facts.st_mtime)
    headers |= {"ETag": etag, "Last-Modified": http_date(modified), "Accept-Ranges": "bytes"}
    answer = _ranged(request, path, facts.st_size, headers)
    return _unless_held(request, etag, modified, answer)


def small_file_response(request: HttpRequest, key: str, content_type: str) -> HttpResponseBase:
    """Answer a GET or HEAD with a thumbnail or subtitles: small, and kept by the browser.

    :raises NotFound: the bytes are gone
    """
    headers = {
        "Content-Type": content_type,
        "Cache-Control": f"private, max-age={SMALL_AGE_SECONDS}",
        "X-Content-Type-Options": "nosniff",
    }
    if settings.X_ACCEL_PREFIX:
        return _handed_over(key, headers)
    path, facts = _found(key)
    etag, modified = f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"', int(facts.st_mtime)
    headers |= {"ETag": etag, "Last-Modified": http_date(modified)}
    answer = HttpResponse(path.read_bytes(), headers=headers)
    return _unless_held(request, etag, modified, answer)


def _handed_over(key: str, headers: dict[str, str]) -> HttpResponse:
    """nginx does the rest, conditions and ranges included."""
    prefix = settings.X_ACCEL_PREFIX.rstrip("/")
    return HttpResponse(headers={**headers, "X-Accel-Redirect": f"{prefix}/{quote(key)}"})


def _found(key: str) -> tuple[Path, stat_result]:
    path = storage.path_of(key)
    try:
        return path, path.stat()
    except FileNotFoundError:
        raise NotFound(_("The file is missing from the storage."), code="file_missing") from None


def _unless_held(
    request: HttpRequest, etag: str, modified: int, answer: HttpResponseBase
) -> HttpResponseBase:
    """304 where the receiver has these bytes, 412 where it insists on others."""
    conditional = get_conditional_response(request, etag, modified, cast("HttpResponse", answer))
    return cast("HttpResponseBase", conditional)


def _ranged(
    request: HttpRequest, path: Path, size: int, headers: dict[str, str]
) -> HttpResponseBase:
    try:
        span = _asked(request, size, headers)
    except Unsatisfiable:
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    part = span or Span(0, size)
    headers = {**headers, "Content-Length": str(part.length)}
    if span:
        end = span.start + span.length - 1
        headers["Content-Range"] = f"bytes {span.start}-{end}/{size}"
    body = _chunks(path, part)
    return StreamingHttpResponse(body, status=206 if span else 200, headers=headers)


def _asked(request: HttpRequest, size: int, headers: dict[str, str]) -> Span | None:
    """The one range that was asked for; None means the whole file, as for several ranges.

    :raises Unsatisfiable: the file has no such bytes
    """
    wanted = _RANGE.match(request.headers.get("Range", ""))
    if request.method != "GET" or not wanted or not any(wanted.groups()):
        return None
    if not _still_the_same(request.headers.get("If-Range"), headers):
        return None
    first, last = wanted.groups()
    if not first:
        length = min(int(last), size)
        start = size - length
    else:
        start = int(first)
        end = min(int(last), size - 1) if last else size - 1
        if last and int(last) < start:
            return None
        length = end - start + 1
    if length <= 0 or start >= size:
        raise Unsatisfiable
    return Span(start, length)


def _still_the_same(condition: str | None, headers: dict[str, str]) -> bool:
    """If-Range: an ETag, compared strongly, or exactly the date the file was changed."""
    if condition is None or condition == headers["ETag"]:
        return True
    date = parse_http_date_safe(condition)
    return date is not None and http_date(date) == headers["Last-Modified"]


async def _chunks(path: Path, span: Span) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(path.open, "rb", buffering=0)
    try:
        await asyncio.to_thread(file.seek, span.start)
        left = span.length
        while left > 0:
            chunk = await asyncio.to_thread(file.read, min(CHUNK_BYTES, left))
            if not chunk:
                raise EOFError(f"{path.name} ends {left} bytes early")
            left -= len(chunk)
            yield chunk
    finally:
        file.close()
