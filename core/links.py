"""What a pasted link is. Pure: nothing is asked of anybody."""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qs, parse_qsl, quote, urlencode, urlsplit, urlunsplit

MAX_LENGTH = 2000
MEDIA_EXTENSIONS = frozenset(
    {"mp4", "m4v", "webm", "mkv", "mov", "avi", "flv", "ts", "mpg", "mpeg", "wmv", "3gp", "ogv"}
    | {"m3u8", "mpd", "m4a", "mp3", "ogg", "oga", "opus", "wav", "flac", "aac"}
)
_MEDIA_SUFFIX = re.compile(rf"\.(?:{'|'.join(sorted(MEDIA_EXTENSIONS))})$", re.IGNORECASE)
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|mc_[ce]id|igshid|_gl")
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f]")
_YOUTUBE_ID = re.compile(r"[\w-]{11}", re.ASCII)
_DRIVE_ID = re.compile(r"[\w-]{28,200}", re.ASCII)
_YOUTUBE_PATH = re.compile(r"/(?:shorts|live|embed|v|e)/([^/]+)")
_PLAYLIST_ID = re.compile(r"[\w-]{2,80}", re.ASCII)
_CHANNEL_PATH = re.compile(
    r"/(channel/UC[\w-]{22}|(?:c/|user/|@)[^/?#]{1,100})(?:/(videos|shorts|streams|featured))?/?"
)
_DRIVE_PATH = re.compile(r"/(?:a/[^/]+/)?file/(?:u/\d+/)?d/([^/]+)")
_RESOURCE_KEY = re.compile(r"[\w-]{1,100}", re.ASCII)


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


class Playlist(NamedTuple):
    """Many videos at one address. `kind` is "channel" or "playlist"; `key` is equal for two links
    to the same one.
    """

    kind: str
    key: str
    url: str


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


def playlist_of(url: str) -> Playlist | None:
    """The playlist or channel of YouTube that a link leads to; None for all others, also for a
    video that is shown within a playlist.

    :raises LinkError: one of its subclasses says what is wrong with the link
    """
    parts = split(url)
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.").removeprefix("music.")
    if host != "youtube.com":
        return None
    name = _query(parts, "list")
    if parts.path.rstrip("/") in {"/playlist", "/watch"} and not _query(parts, "v"):
        if not _PLAYLIST_ID.fullmatch(name):
            return None
        return Playlist("playlist", name, f"https://www.youtube.com/playlist?list={name}")
    return _channel(parts)


def host_of(url: str) -> str:
    """The site an address belongs to, as limits and pauses count it: without www. and port."""
    return (urlsplit(url).hostname or "").lower().removeprefix("www.")[-120:]


def resource_key_of(url: str) -> str:
    """What a link to Drive brings along for files that were shared by link before 2021."""
    key = parse_qs(urlsplit(url).query).get("resourcekey", [""])[0]
    return key if _RESOURCE_KEY.fullmatch(key) else ""


def without_media_suffix(name: str) -> str:
    """The name of a file as a title; one that is nothing but a suffix stays."""
    return _MEDIA_SUFFIX.sub("", name).strip() or name


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


def _channel(parts: SplitResult) -> Playlist | None:
    """One of its tabs, since its front page shows several lists; names are case-insensitive."""
    match = _CHANNEL_PATH.fullmatch(parts.path)
    if not match:
        return None
    name, tab = match[1], match[2]
    tab = tab if tab in {"shorts", "streams"} else "videos"
    key = name.removeprefix("channel/") if name.startswith("channel/") else name.lower()
    key = key if tab == "videos" else f"{key}/{tab}"
    path = quote(name, safe="/%@!$&'()*+,;=-._~")
    return Playlist("channel", key[:200], f"https://www.youtube.com/{path}/{tab}")


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
    url = f"https://drive.google.com/file/d/{file}/view"
    key = resource_key_of(parts.geturl())
    return Recognised("drive", file, f"{url}?resourcekey={key}" if key else url)


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
