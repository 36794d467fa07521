"""What a pasted link is. Pure: nothing is asked of anybody."""

import re
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import SplitResult, parse_qs, parse_qsl, quote, urlencode, urlsplit, urlunsplit

MAX_LENGTH = 2000
MEDIA_EXTENSIONS = frozenset(
    {"mp4", "m4v", "webm", "mkv", "mov", "avi", "flv", "ts", "mpg", "mpeg", "wmv", "3gp", "ogv"}
    | {"m3u8", "mpd", "m4a", "mp3", "ogg", "oga", "opus", "wav", "flac", "aac"}
)
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|mc_[ce]id|igshid|_gl")
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f]")
_YOUTUBE_ID = re.compile(r"[\w-]{11}", re.ASCII)
_DRIVE_ID = re.compile(r"[\w-]{28,200}", re.ASCII)
_YOUTUBE_PATH = re.compile(r"/(?:shorts|live|embed|v|e)/([^/]+)")
_DRIVE_PATH = re.compile(r"/(?:a/[^/]+/)?file/(?:u/\d+/)?d/([^/]+)")


class LinkError(ValueError):
    """A link that cannot be fetched, whatever is behind it."""


class LinkTooLong(LinkError):
    pass


class BadCharacters(LinkError):
    """Spaces or control characters."""


class BadScheme(LinkError):
    """Neither http nor https."""


class MissingHost(LinkError):
    pass


class HasCredentials(LinkError):
    """A name or password before the host."""


@dataclass(frozen=True)
class Recognised:
    """`source_key` is equal for two links to the same video of one source."""

    source: str
    source_key: str
    url_normalised: str


def recognise(url: str) -> Recognised:
    """
    :raises LinkError: one of its subclasses says what is wrong with the link
    """
    parts = split(url)
    for known in (_youtube, _drive):
        if found := known(parts):
            return found
    normalised = _without_tracking(parts)
    extension = parts.path.rpartition(".")[2].lower()
    source = "direct" if extension in MEDIA_EXTENSIONS else "web"
    return Recognised(source, sha256(normalised.encode()).hexdigest(), normalised)


def split(url: str) -> SplitResult:
    """
    :raises LinkError: one of its subclasses says what is wrong with the link
    """
    url = url.strip()
    if len(url) > MAX_LENGTH:
        raise LinkTooLong(f"longer than {MAX_LENGTH} characters")
    if _CONTROL.search(url) or "\\" in url:
        raise BadCharacters("spaces, backslashes or control characters")
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
        (host or "").encode("idna")  # as it will be looked up: no empty label, none too long
    except ValueError as error:
        raise MissingHost(str(error)) from None
    if parts.scheme not in {"http", "https"}:
        raise BadScheme(parts.scheme)
    if "@" in parts.netloc:
        raise HasCredentials("a name or password before the host")
    if not host or port == 0:
        raise MissingHost("no host")
    return parts


def _youtube(parts: SplitResult) -> Recognised | None:
    host = (parts.hostname or "").removeprefix("www.")
    if host == "youtu.be":
        video = parts.path.lstrip("/").partition("/")[0]
    elif host.removeprefix("m.").removeprefix("music.") in {"youtube.com", "youtube-nocookie.com"}:
        video = _query(parts, "v") if parts.path.rstrip("/") == "/watch" else ""
        video = video or _first(_YOUTUBE_PATH, parts.path)
    else:
        return None
    if not _YOUTUBE_ID.fullmatch(video):
        return None
    return Recognised("youtube", video, f"https://www.youtube.com/watch?v={video}")


def _drive(parts: SplitResult) -> Recognised | None:
    if parts.hostname not in {
        "drive.google.com",
        "docs.google.com",
        "drive.usercontent.google.com",
    }:
        return None
    file = _first(_DRIVE_PATH, parts.path)
    if parts.path.rstrip("/").rpartition("/")[2] in {"open", "uc", "download"}:
        file = _query(parts, "id")
    if not _DRIVE_ID.fullmatch(file):
        return None
    return Recognised("drive", file, f"https://drive.google.com/file/d/{file}/view")


def _first(pattern: re.Pattern[str], path: str) -> str:
    match = pattern.match(path)
    return match[1] if match else ""


def _query(parts: SplitResult, name: str) -> str:
    return parse_qs(parts.query).get(name, [""])[0]


def _without_tracking(parts: SplitResult) -> str:
    """The same address in one spelling. A query without tracking keeps its own, signed or not."""
    netloc = (parts.hostname or "").lower()
    netloc = f"[{netloc}]" if ":" in netloc else netloc
    if parts.port and parts.port != {"http": 80, "https": 443}[parts.scheme]:
        netloc += f":{parts.port}"
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    wanted = [(name, value) for name, value in pairs if not _TRACKING.fullmatch(name)]
    query = parts.query if len(wanted) == len(pairs) else urlencode(wanted)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=-._~")
    return urlunsplit((parts.scheme, netloc, path, query, ""))
