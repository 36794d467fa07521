"""What hangs on a coursework: its videos, and all the rest, each once.

Classroom's DriveFile has no mimeType, so what a Drive file is can only be guessed by its name
here; `is_drive` says that Drive has to be asked.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from core import links
from courses.classroom import plain

MOST_MATERIALS = 20
MOST_LINKS_IN_TEXT = 50
TITLE_LENGTH = 500

# A link in a text: with a scheme, or of the few sites that people write without one.
_URL = re.compile(
    r"(?<![\w@./-])(?:https?://|www\.|(?:m\.|music\.)?youtube\.com/|youtu\.be/|drive\.google\.com/)"
    r"[^\s<>\"]{1,2100}",
    re.IGNORECASE,
)
_PAIRS = {")": "(", "]": "[", "}": "{"}
_TRAILING = ".,;:!?'*`…»”’"
# YouTube's embed pages of playlists and channels, whose names are as long as an id.
_NO_VIDEOS = frozenset({"videoseries", "live_stream"})
_OUR_SITES = ("youtube.com", "youtu.be", "youtube-nocookie.com", "google.com", "forms.gle")
# What the address of an attached file tells before Drive is asked.
_DOCUMENT_PATH = re.compile(r"/(?:a/[^/]+/)?(document|presentation|spreadsheets|drawings)/")


@dataclass(frozen=True, slots=True)
class Found:
    """A video, if it has a `source`; otherwise a material of a `kind` of MaterialKind."""

    key: str
    url: str
    title: str = ""
    source: str = ""
    kind: str = ""
    in_text: bool = False
    position: int = 0
    resource_key: str = ""

    @property
    def is_drive(self) -> bool:
        """Whether Drive knows more about it."""
        return self.source == "drive" or self.kind in ("file", "document")


def find(materials: Any, *texts: str) -> list[Found]:
    """Everything in the materials, then in the texts; what is there twice counts where first."""
    found: dict[str, Found] = {}
    for one in [*_in_materials(materials), *_in_texts(texts)]:
        found.setdefault(one.key, one)
    return [replace(one, position=at) for at, one in enumerate(found.values())]


def is_worth_asking(url: str) -> bool:
    """Whether only its own site can tell if there is a video behind a link."""
    host = urlsplit(url).hostname or ""
    return bool(host) and not any(host == one or host.endswith(f".{one}") for one in _OUR_SITES)


def is_video_by_name(name: str) -> bool:
    return name.rpartition(".")[2].lower() in links.MEDIA_EXTENSIONS if "." in name else False


def drive_address(file_id: str) -> str:
    return f"https://drive.google.com/file/d/{file_id}/view"


def links_in(text: str) -> list[str]:
    """The web addresses in a text, without the punctuation around them."""
    found = []
    for match in _URL.finditer(text):
        url = _without_punctuation(match[0])
        found.append(url if "://" in url[:8] else f"https://{url}")
        if len(found) == MOST_LINKS_IN_TEXT:
            break
    return found


def _in_materials(materials: Any) -> Iterator[Found]:
    for material in plain.mappings(materials)[:MOST_MATERIALS]:
        for name, value in material.items():
            if isinstance(value, dict):
                yield _READERS.get(name, _unknown)(value)


def _in_texts(texts: tuple[str, ...]) -> Iterator[Found]:
    for text in texts:
        for url in links_in(text):
            if found := _of_link(url, "", in_text=True):
                yield found


def _drive_file(value: Mapping[str, Any]) -> Found:
    file = plain.mapping(value.get("driveFile")) or value  # bare in some of Classroom's answers
    title = plain.line(file.get("title"), TITLE_LENGTH)
    file_id = plain.drive_id(file.get("id"))
    link = plain.address(file.get("alternateLink"))
    if not file_id:
        return _of_link(link, title) or _other(value, title, link)
    source, kind = ("drive", "") if is_video_by_name(title) else ("", _kind_at(link))
    return Found(
        key=file_id,
        url=drive_address(file_id) if source else link or drive_address(file_id),
        title=title,
        source=source,
        kind=kind,
        resource_key=plain.resource_key(link),
    )


def _youtube(value: Mapping[str, Any]) -> Found:
    title = plain.line(value.get("title"), TITLE_LENGTH)
    link = plain.address(value.get("alternateLink"))
    video = plain.drive_id(value.get("id"))
    made = _of_link(f"https://www.youtube.com/watch?v={video}", title) if video else None
    if made is None or not made.source:
        made = _of_link(link, title)
    return made or _other(value, title, link)


def _link(value: Mapping[str, Any]) -> Found:
    title = plain.line(value.get("title"), TITLE_LENGTH)
    url = value.get("url")
    return _of_link(url if isinstance(url, str) else "", title) or _other(value, title, "", "link")


def _form(value: Mapping[str, Any]) -> Found:
    """`responseUrl` leads to what pupils answered: it is left where it is."""
    title = plain.line(value.get("title"), TITLE_LENGTH)
    return _other(value, title, plain.address(value.get("formUrl")), "form")


def _gem(value: Mapping[str, Any]) -> Found:
    return _titled(value, "gem")


def _notebook(value: Mapping[str, Any]) -> Found:
    return _titled(value, "notebook")


def _unknown(value: Mapping[str, Any]) -> Found:
    return _titled(value, "other")


_READERS = {
    "driveFile": _drive_file,
    "youtubeVideo": _youtube,
    "youTubeVideo": _youtube,
    "link": _link,
    "form": _form,
    "gem": _gem,
    "notebook": _notebook,
}


def _titled(value: Mapping[str, Any], kind: str) -> Found:
    title = plain.line(value.get("title"), TITLE_LENGTH)
    addresses = (plain.address(one) for one in value.values())
    return _other(value, title, next(filter(None, addresses), ""), kind)


def _other(value: Mapping[str, Any], title: str, url: str, kind: str = "other") -> Found:
    digest = sha256((url or json.dumps(value, sort_keys=True)).encode()).hexdigest()
    return Found(key=digest, url=url, title=title, kind=kind)


def _of_link(url: str, title: str, *, in_text: bool = False) -> Found | None:
    """None for what is no web address."""
    try:
        known = links.recognise(url)
    except links.LinkError:
        return None
    found = Found(known.source_key, known.url_normalised, title, in_text=in_text)
    if known.source_key in _NO_VIDEOS:
        return replace(found, key=_digest(url), url=url, kind="link")
    if known.source == "web":
        return replace(found, kind="link")
    if known.source != "drive":
        return replace(found, source=known.source)
    key = plain.resource_key(url)
    if "." in title and not is_video_by_name(title):
        return replace(found, kind="file", resource_key=key)
    return replace(found, source="drive", resource_key=key)


def _digest(url: str) -> str:
    return sha256(url.encode()).hexdigest()


def _kind_at(link: str) -> str:
    parts = urlsplit(link)
    if parts.hostname == "docs.google.com" and _DOCUMENT_PATH.match(parts.path):
        return "document"
    return "link" if "/folders/" in parts.path else "file"


def _without_punctuation(url: str) -> str:
    """A sentence ends where its link does; a bracket belongs to the link that opened it."""
    while url:
        last = url[-1]
        opened = _PAIRS.get(last)
        unbalanced = opened is not None and url.count(opened) < url.count(last)
        if last not in _TRAILING and not unbalanced:
            return url
        url = url[:-1]
    return url
