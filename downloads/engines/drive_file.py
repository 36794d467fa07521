"""What Google says about a file of Drive, and whether it may be fetched. Nothing is trusted."""

import datetime
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.links import MEDIA_EXTENSIONS
from downloads.engines import clean, kinds, metadata
from downloads.engines.base import EngineError, Job, Metadata
from downloads.engines.codes import Code

FIELDS = (
    "id,name,mimeType,size,md5Checksum,sha256Checksum,headRevisionId,trashed,resourceKey,"
    "capabilities/canDownload,shortcutDetails,videoMediaMetadata,thumbnailLink,description,"
    "createdTime,modifiedTime,owners(displayName)"
)
NAME_LENGTH = 255
_NATIVE = "application/vnd.google-apps."
_FOLDER = f"{_NATIVE}folder"
_SHORTCUT = f"{_NATIVE}shortcut"
_EXPORTED = frozenset(
    _NATIVE + name for name in ("document", "spreadsheet", "presentation", "drawing")
)
# Marks that turn text around, so that a name shows another extension than it has.
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_TOKEN = re.compile(r"[\w-]{1,200}", re.ASCII)
_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")
_MAY_BE_VIDEO = re.compile(r"(?:video|audio)/|application/(?:octet-stream|mp4|ogg|x-matroska|mxf)")


@dataclass(frozen=True)
class DriveFile:
    """`facts` is Google's own answer; the properties are what is fit to be used of it."""

    file_id: str
    resource_key: str
    facts: Mapping[str, Any]

    @property
    def name(self) -> str:
        """As its people call it, as one name and not a path."""
        plain = clean.line(self.facts.get("name"), 2 * NAME_LENGTH)
        plain = _TURNS.sub("", re.sub(r"[/\\]", "_", plain))
        return plain[:NAME_LENGTH].strip(". ") or self.file_id

    @property
    def mime_type(self) -> str:
        found = clean.line(self.facts.get("mimeType"), 150).lower()
        return found if _TYPE.fullmatch(found) else "application/octet-stream"

    @property
    def size(self) -> int | None:
        digits = str(self.facts.get("size", ""))
        if not (digits.isascii() and digits.isdigit()):
            return None
        return min(int(digits[:19]), clean.LARGEST)

    @property
    def md5(self) -> str:
        return clean.line(self.facts.get("md5Checksum"), 32).lower()

    @property
    def sha256(self) -> str:
        return clean.line(self.facts.get("sha256Checksum"), 64).lower()

    @property
    def is_verifiable(self) -> bool:
        return bool(self.sha256 or self.md5)

    @property
    def may_be_downloaded(self) -> bool | None:
        """None: Google does not say."""
        told = _object(self.facts, "capabilities").get("canDownload")
        return told if isinstance(told, bool) else None

    @property
    def is_native(self) -> bool:
        """A document of Google's own, which has no bytes but those it is exported as."""
        return self.mime_type.startswith(_NATIVE)

    @property
    def shortcut_to(self) -> tuple[str, str] | None:
        """Id and resource key of what a shortcut stands for."""
        if self.mime_type != _SHORTCUT:
            return None
        target = _object(self.facts, "shortcutDetails")
        return clean.line(target.get("targetId"), 200), key_of(target.get("targetResourceKey"))

    @property
    def version(self) -> str:
        """Equal as long as the bytes are. A document changes whenever it is edited."""
        of_document = self.facts.get("modifiedTime") if self.is_native else ""
        revision = self.facts.get("headRevisionId")
        marks = [self.file_id, revision, self.md5, self.sha256, self.size, of_document]
        return json.dumps(["drive", *marks])

    @property
    def duration_seconds(self) -> float | None:
        millis = _object(self.facts, "videoMediaMetadata").get("durationMillis")
        text = str(millis or "")
        return int(text[:15]) / 1000 if text.isascii() and text.isdigit() and int(text) else None

    def describe(self, thumbnail: str | None) -> Metadata:
        """Put into yt-dlp's words, so that one place cleans and cuts all that sources say."""
        picture = _object(self.facts, "videoMediaMetadata")
        told = {
            "title": self.name,
            "duration": self.duration_seconds,
            "uploader": _owner(self.facts),
            "description": self.facts.get("description"),
            "timestamp": _timestamp(self.facts.get("createdTime")),
            "id": self.file_id,
            "extractor_key": "Drive",
            "filesize": self.size,
            "width": picture.get("width"),
            "height": picture.get("height"),
        }
        return metadata.read(told, url="", thumbnail=thumbnail)


def is_id(text: str) -> bool:
    return _TOKEN.fullmatch(text) is not None


def key_of(text: Any) -> str:
    """A resource key that is fit for a header."""
    return text if isinstance(text, str) and is_id(text) else ""


def check(file: DriveFile, job: Job) -> None:
    """
    :raises EngineError: it may not or cannot be fetched
    """
    if file.facts.get("trashed"):
        raise EngineError(Code.SOURCE_REMOVED, "the file is in the bin of its owner")
    if file.mime_type in (_FOLDER, _SHORTCUT):
        raise EngineError(Code.SOURCE_UNSUPPORTED, "the link leads to a folder, not to a file")
    if file.may_be_downloaded is False:
        raise EngineError(Code.SOURCE_NOT_DOWNLOADABLE, "its owner has turned downloading off")
    if file.size is not None and file.size > job["max_bytes"]:
        raise EngineError(Code.LIMIT_SIZE, f"{file.size} bytes are announced")
    if job["kind"] == "material":
        _check_material(file)
    else:
        _check_video(file, job)


def _check_material(file: DriveFile) -> None:
    if file.is_native and file.mime_type not in _EXPORTED:
        kind = file.mime_type.removeprefix(_NATIVE)
        raise EngineError(Code.SOURCE_NOT_DOWNLOADABLE, f"Google exports no {kind}")


def _check_video(file: DriveFile, job: Job) -> None:
    """By its type or, as for what Google does not know, by its name; the bytes are looked at."""
    extension = file.name.rpartition(".")[2].lower()
    if file.is_native or not (
        extension in MEDIA_EXTENSIONS or _MAY_BE_VIDEO.match(file.mime_type)
    ):
        raise EngineError(Code.SOURCE_NOT_A_VIDEO, f"a file of the type {file.mime_type}")
    kinds.check_announced(job, extension)


def _object(facts: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = facts.get(name)
    return value if isinstance(value, Mapping) else {}


def _owner(facts: Mapping[str, Any]) -> Any:
    owners = facts.get("owners")
    first = owners[0] if isinstance(owners, list) and owners else None
    return first.get("displayName") if isinstance(first, Mapping) else None


def _timestamp(text: Any) -> float | None:
    try:
        return datetime.datetime.fromisoformat(text).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
