"""What sites and libraries say when they fail, and which code that comes to."""

import re
from typing import NamedTuple

from downloads.engines.codes import Code

COOL_DOWN_SECONDS = 3600.0


class Words(NamedTuple):
    """`retry_after` where a site names no time, but sooner would make it worse."""

    code: Code
    pattern: re.Pattern[str]
    retry_after: float | None = None


def _words(code: Code, pattern: str, retry_after: float | None = None) -> Words:
    return Words(code, re.compile(pattern, re.IGNORECASE), retry_after)


NOTHING_TO_FETCH = re.compile(r"No video formats found|Requested format is not available")
# What a site says beats the status it says it with; what our own disk says beats both.
FIRST = (
    _words(Code.DISK_FULL, r"Errno 28\b|No space left|Errno 122\b|Disk quota exceeded"),
    _words(Code.LIMIT_SIZE, r"Errno 27\b|File too large|larger than max-filesize"),
    _words(
        Code.INTERNAL,
        r"unable to (?:open for writing|create directory|rename file|write data)"
        r"|Too many open files|ffmpeg not found",
    ),
    _words(Code.FILE_CORRUPT, r"Postprocessing:"),
    _words(Code.SOURCE_QUOTA, r"quota exceeded|too many users have viewed", COOL_DOWN_SECONDS),
    _words(
        Code.SOURCE_RATE_LIMITED,
        r"rate.?limited|try again later|Resource has been exhausted",
        COOL_DOWN_SECONDS,
    ),
    _words(
        Code.SOURCE_BOT_CHECK,
        r"confirm you.{0,3}re not a bot|captcha|anti-bot challenge|PO Token|unusual traffic"
        r"|Failed to extract any player response|All player responses are invalid",
    ),
    _words(Code.SOURCE_AGE_RESTRICTED, r"confirm your age|age.restricted|inappropriate for some"),
    _words(
        Code.SOURCE_PRIVATE,
        r"video is private|private video|set it to private|don.t have permission"
        r"|only (?:visible|available) to (?:followers|friends)",
    ),
    _words(
        Code.SOURCE_LOGIN_REQUIRED,
        r"members.only|join this channel|requires payment|premium (?:members|subscri)|\brental\b"
        r"|log.?in (?:required|details)|registered users|sign in|--cookies|--username"
        r"|(?:need|have) to (?:be logged|log) in|logged.in|account credentials|subscribers"
        r"|protected by a password|(?:video|wrong).{0,10}password",
    ),
    _words(
        Code.SOURCE_GEO_BLOCKED,
        r"(?:in|from) your (?:country|location|region)|geo.?restrict|geo.?block",
    ),
    _words(
        Code.SOURCE_UNSUPPORTED,
        r"premieres in|live event will begin|will begin in|is upcoming|live streams? are not",
    ),
    _words(Code.SOURCE_NOT_DOWNLOADABLE, r"DRM.protected|known to use DRM|disabled downloads?"),
)
# What is only looked at when there is no status either.
LAST = (
    _words(Code.SOURCE_RATE_LIMITED, r"too many requests", COOL_DOWN_SECONDS),
    _words(Code.NETWORK_INTERRUPTED, r"fragment \d+ not found|Conflicting range"),
    _words(
        Code.SOURCE_REMOVED,
        r"removed|no longer available|account .{0,60}terminated|not available anymore|copyright"
        r"|has been deleted|video has expired|account .{0,20}suspended",
    ),
    _words(
        Code.SOURCE_NOT_FOUND,
        r"video unavailable|does not exist|not found|does the playlist exist"
        r"|video (?:is unavailable|is not available|isn.t available)",
    ),
    _words(Code.SOURCE_NOT_A_VIDEO, r"Did not get any data blocks|downloaded file is empty"),
    _words(
        Code.SOURCE_UNSUPPORTED,
        r"No suitable extractor|Unsupported URL|is not a valid URL|Unsupported url scheme"
        r"|URLs are disabled|No video formats found|Requested format is not available",
    ),
    _words(Code.NETWORK_TIMEOUT, r"timed? ?out"),
    _words(
        Code.NETWORK_UNREACHABLE,
        r"Failed to resolve '|NameResolutionError|Failed to establish|Name or service"
        r"|Connection refused|unreachable|failure in name resolution|No route to host"
        r"|certificate|Unable to connect to proxy|Tunnel connection failed",
    ),
    _words(
        Code.NETWORK_INTERRUPTED,
        r"more expected|bytes read|Connection (?:reset|aborted|broken)|RemoteDisconnected"
        r"|content too short|EOF occurred|IncompleteRead|closed connection without",
    ),
    _words(Code.NETWORK_UNREACHABLE, r"\[SSL"),
)
