"""From whatever yt-dlp raises to one of our codes. Order matters: types, then words."""

import datetime
import email.utils
import errno
import json
import re
from collections.abc import Iterator
from typing import Any

from yt_dlp.networking.exceptions import HTTPError, TransportError, UnsupportedRequest
from yt_dlp.utils import (
    DownloadCancelled,
    GeoRestrictedError,
    UnsupportedError,
    YoutubeDLError,
)

from downloads.engines import words
from downloads.engines.base import EngineError
from downloads.engines.codes import Code
from downloads.engines.words import Words

_MAX_RETRY_AFTER = 24 * 3600.0
_STARTS_OVER = (Code.DISK_FULL, Code.LIMIT_SIZE, Code.SOURCE_NOT_A_VIDEO, Code.FILE_CORRUPT)
_BY_STATUS = {
    401: Code.SOURCE_LOGIN_REQUIRED,
    402: Code.SOURCE_LOGIN_REQUIRED,
    403: Code.SOURCE_PRIVATE,
    404: Code.SOURCE_NOT_FOUND,
    407: Code.NETWORK_UNREACHABLE,
    408: Code.NETWORK_TIMEOUT,
    410: Code.SOURCE_REMOVED,
    416: Code.NETWORK_INTERRUPTED,
    423: Code.SOURCE_PRIVATE,
    425: Code.SOURCE_RATE_LIMITED,
    429: Code.SOURCE_RATE_LIMITED,
    451: Code.SOURCE_GEO_BLOCKED,
    504: Code.NETWORK_TIMEOUT,
    509: Code.SOURCE_QUOTA,
    522: Code.NETWORK_TIMEOUT,
    524: Code.NETWORK_TIMEOUT,
}
_ADDRESS = re.compile(r"https?://\S+")
_NOISE = re.compile(r"\r|^ERROR:\s*|\[download\] ")
_ADVICE = re.compile(
    r";? please report this issue| \(caused by |\. Use --|\. See +https?:|; see +https?:"
    r"|\nYou might want|\. It is recommended to use"
)
_GIVEN_UP = re.compile(r"HTTP Error (\d{3})")


class Stop(DownloadCancelled):  # type: ignore[misc]
    """Carries an error of ours through yt-dlp, which passes on this one kind untouched."""

    def __init__(self, cause: EngineError) -> None:
        super().__init__(str(cause))
        self.cause = cause


def classify(
    error: BaseException, *, said: str = "", retry_after: float | None = None
) -> EngineError:
    """`said` holds the warnings before it, which tell why there is nothing to fetch;
    `retry_after` is what the last refusal asked for.

    :raises BaseException: the error itself, if it tells of a mistake of ours
    """
    errors, detail = list(chain(error)), plain(error)
    text = " | ".join(str(one) for one in errors)
    for one in errors:
        if found := _by_type(one, detail):
            return found
    heard = f"{text} | {said}" if words.NOTHING_TO_FETCH.search(text) else text
    if found := _by_words(words.FIRST, heard, detail):
        return found
    if status := status_of(error):
        return by_status(status, detail, retry_after)
    if found := _by_words(words.LAST, text, detail):
        return found
    if any(isinstance(one, TransportError | ConnectionError | TimeoutError) for one in errors):
        return EngineError(Code.NETWORK_UNREACHABLE, detail)
    if isinstance(error, YoutubeDLError | json.JSONDecodeError):
        return EngineError(Code.SOURCE_UNSUPPORTED, detail)
    raise error


def plain(error: BaseException) -> str:
    """What it says, without yt-dlp's advice on how to use yt-dlp."""
    return _ADVICE.split(_NOISE.sub("", str(error)), maxsplit=1)[0].strip()


def chain(error: BaseException) -> Iterator[BaseException]:
    """The error and everything behind it, in yt-dlp's several ways of saying so."""
    seen: set[int] = set()
    todo: list[Any] = [error]
    while todo:
        one = todo.pop(0)
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        todo.append((getattr(one, "exc_info", None) or (None, None))[1])
        todo += [getattr(one, "cause", None), one.__cause__, one.__context__]
        todo += getattr(one, "unexpected_errors", [])


def status_of(error: BaseException) -> int | None:
    """Of the HTTP error behind it; once yt-dlp has given up trying, only its words are left."""
    errors = list(chain(error))
    for one in errors:
        if isinstance(one, HTTPError):
            return int(one.status)
    match = _GIVEN_UP.search(" ".join(str(one) for one in errors))
    return int(match[1]) if match else None


def by_status(status: int, detail: str, retry_after: float | None) -> EngineError:
    unknown = Code.NETWORK_UNREACHABLE if status >= 500 else Code.SOURCE_UNSUPPORTED
    code = _BY_STATUS.get(status, unknown)
    waits = code in (Code.SOURCE_RATE_LIMITED, Code.NETWORK_UNREACHABLE)
    return EngineError(code, detail, retry_after=retry_after if waits else None)


def seconds_until(value: str | None) -> float | None:
    """Retry-After: seconds or a date, at most a day."""
    if not value:
        return None
    if value.strip().isdecimal():
        seconds = float(value)
    else:
        try:
            moment = email.utils.parsedate_to_datetime(value).astimezone(datetime.UTC)
        except (ValueError, OverflowError):
            return None
        seconds = (moment - datetime.datetime.now(datetime.UTC)).total_seconds()
    return min(max(seconds, 0.0), _MAX_RETRY_AFTER)


def _by_type(error: BaseException, text: str) -> EngineError | None:
    if isinstance(error, EngineError):
        return error
    if stated := getattr(error, "code", None) if isinstance(error, OSError) else None:
        return EngineError(Code(stated), str(error)) if stated in set(Code) else None
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return EngineError(Code.DISK_FULL, text, start_over=True)
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        return EngineError(Code.LIMIT_SIZE, text, start_over=True)
    if isinstance(error, MemoryError):
        return EngineError(Code.LIMIT_SIZE, text or "out of memory", start_over=True)
    if isinstance(error, PermissionError) and "blocked: an ffmpeg input" in str(error):
        return EngineError(Code.SOURCE_UNSUPPORTED, "the stream needs a program with own network")
    if isinstance(error, GeoRestrictedError):
        return EngineError(Code.SOURCE_GEO_BLOCKED, text)
    if isinstance(error, UnsupportedError | UnsupportedRequest):
        return EngineError(Code.SOURCE_UNSUPPORTED, text)
    if isinstance(error, HTTPError) and error.redirect_loop:
        return EngineError(Code.SOURCE_UNSUPPORTED, "it redirects for ever")
    return None


def _by_words(table: tuple[Words, ...], text: str, detail: str) -> EngineError | None:
    readable = _ADDRESS.sub("", text)  # an address may contain any of the words
    for code, pattern, retry_after in table:
        if pattern.search(readable):
            over = code in _STARTS_OVER
            return EngineError(code, detail, retry_after=retry_after, start_over=over)
    return None
