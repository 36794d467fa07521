"""From whatever yt-dlp raises to one of our codes. Order matters: types, then words."""

import datetime
import email.utils
import errno
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from yt_dlp.networking.exceptions import HTTPError, TransportError, UnsupportedRequest
from yt_dlp.utils import GeoRestrictedError, UnsupportedError, YoutubeDLError

from downloads.engines.base import EngineError
from downloads.engines.codes import Code

# A site that slows visitors down by words names no time; sooner makes it worse.
COOL_DOWN_SECONDS = 3600.0
_MAX_RETRY_AFTER = 24 * 3600.0


class Words(NamedTuple):
    code: Code
    pattern: re.Pattern[str]
    retry_after: float | None = None


def _words(code: Code, pattern: str, retry_after: float | None = None) -> Words:
    return Words(code, re.compile(pattern, re.IGNORECASE), retry_after)


# What a site says beats the status it says it with.
_FIRST = (
    _words(Code.SOURCE_QUOTA, r"quota exceeded|too many users have viewed", COOL_DOWN_SECONDS),
    _words(
        Code.SOURCE_RATE_LIMITED,
        r"rate.?limited|try again later|Resource has been exhausted",
        COOL_DOWN_SECONDS,
    ),
    _words(
        Code.SOURCE_BOT_CHECK,
        r"confirm you.{0,3}re not a bot|captcha|anti-bot challenge|PO Token"
        r"|Failed to extract any player response|All player responses are invalid",
    ),
    _words(Code.SOURCE_AGE_RESTRICTED, r"confirm your age|age.restricted|inappropriate for some"),
    _words(Code.SOURCE_PRIVATE, r"video is private|private video"),
    _words(
        Code.SOURCE_LOGIN_REQUIRED,
        r"members.only|join this channel|requires payment|premium (?:members|subscri)|\brental\b"
        r"|log.?in (?:required|details)|registered users|sign in|--cookies|--username",
    ),
    _words(
        Code.SOURCE_GEO_BLOCKED,
        r"(?:in|from) your (?:country|location|region)|geo.?restrict|geo.?block",
    ),
    _words(
        Code.SOURCE_UNSUPPORTED,
        r"premieres in|live event will begin|will begin in|is upcoming|live streams? are not",
    ),
    _words(Code.SOURCE_NOT_DOWNLOADABLE, r"DRM.protected|known to use DRM"),
)
_LAST = (
    _words(Code.DISK_FULL, r"Errno 28|No space left"),
    _words(Code.LIMIT_SIZE, r"Errno 27|File too large"),
    _words(
        Code.SOURCE_REMOVED,
        r"removed|no longer available|account .{0,60}terminated|not available anymore|copyright"
        r"|has been deleted",
    ),
    _words(Code.SOURCE_NOT_FOUND, r"video unavailable|does not exist|not found"),
    _words(Code.SOURCE_NOT_A_VIDEO, r"Did not get any data blocks|downloaded file is empty"),
    _words(
        Code.SOURCE_UNSUPPORTED,
        r"No suitable extractor|Unsupported URL|is not a valid URL|Unsupported url scheme"
        r"|URLs are disabled|No video formats found|Requested format is not available",
    ),
    _words(Code.NETWORK_TIMEOUT, r"timed? ?out"),
    _words(
        Code.NETWORK_UNREACHABLE,
        r"Failed to (?:resolve|establish)|Name or service|Connection refused|unreachable"
        r"|certificate|Unable to connect to proxy",
    ),
    _words(
        Code.NETWORK_INTERRUPTED,
        r"more expected|bytes read|Connection (?:reset|aborted|broken)|RemoteDisconnected"
        r"|content too short|EOF occurred|IncompleteRead",
    ),
)
_STARTS_OVER = (Code.DISK_FULL, Code.LIMIT_SIZE, Code.SOURCE_NOT_A_VIDEO)
_BY_STATUS = {
    401: Code.SOURCE_LOGIN_REQUIRED,
    402: Code.SOURCE_LOGIN_REQUIRED,
    403: Code.SOURCE_PRIVATE,
    404: Code.SOURCE_NOT_FOUND,
    407: Code.NETWORK_UNREACHABLE,
    408: Code.NETWORK_TIMEOUT,
    410: Code.SOURCE_REMOVED,
    425: Code.SOURCE_RATE_LIMITED,
    429: Code.SOURCE_RATE_LIMITED,
    451: Code.SOURCE_GEO_BLOCKED,
    504: Code.NETWORK_TIMEOUT,
}
_ADDRESS = re.compile(r"https?://\S+")
_NOISE = re.compile(r"\r|^ERROR:\s*|\[download\] ")
_ADVICE = re.compile(
    r";? please report this issue| \(caused by |\. Use --|\. See +https?:|; see +https?:"
    r"|\nYou might want|\. It is recommended to use"
)
_GIVEN_UP = re.compile(r"HTTP Error (\d{3})")


def classify(
    error: BaseException, *, said: str = "", retry_after: float | None = None
) -> EngineError:
    """`said` holds the warnings before it, `retry_after` what the last refusal asked for.

    :raises BaseException: the error itself, if it tells of a mistake of ours
    """
    errors, detail = list(chain(error)), plain(error)
    text = " | ".join(str(one) for one in errors)
    for one in errors:
        if found := _by_type(one, detail):
            return found
    if found := _by_words(_FIRST, f"{text} | {said}", detail):
        return found
    if status := status_of(error):
        return by_status(status, detail, retry_after)
    if found := _by_words(_LAST, text, detail):
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
    if value.strip().isdigit():
        seconds = float(value)
    else:
        try:
            moment = email.utils.parsedate_to_datetime(value)
        except ValueError:
            return None
        now = datetime.datetime.now(datetime.UTC)
        seconds = (moment.astimezone(datetime.UTC) - now).total_seconds()
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
    if isinstance(error, PermissionError) and "blocked: an ffmpeg input" in str(error):
        return EngineError(Code.SOURCE_UNSUPPORTED, "the stream needs a program with own network")
    if isinstance(error, GeoRestrictedError):
        return EngineError(Code.SOURCE_GEO_BLOCKED, text)
    if isinstance(error, UnsupportedError | UnsupportedRequest):
        return EngineError(Code.SOURCE_UNSUPPORTED, text)
    if isinstance(error, HTTPError) and error.redirect_loop:
        return EngineError(Code.SOURCE_UNSUPPORTED, "it redirects for ever")
    return None


def _by_words(words: tuple[Words, ...], text: str, detail: str) -> EngineError | None:
    readable = _ADDRESS.sub("", text)  # an address may contain any of the words
    for code, pattern, retry_after in words:
        if pattern.search(readable):
            over = code in _STARTS_OVER
            return EngineError(code, detail, retry_after=retry_after, start_over=over)
    return None
