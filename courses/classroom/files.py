"""What Drive says about files: which are videos, how large, and whether they can be fetched."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.google.client import GoogleClient
from accounts.google.errors import GoogleError, Reason
from courses.classroom import plain

AT_ONCE = 100

_FOLDER = "application/vnd.google-apps.folder"
_SHORTCUT = "application/vnd.google-apps.shortcut"
_NATIVE = "application/vnd.google-apps."
_DOCUMENTS = frozenset(
    _NATIVE + name for name in ("document", "presentation", "spreadsheet", "drawing")
)
_FIELDS = (
    "id,name,mimeType,size,sha256Checksum,trashed,resourceKey,capabilities/canDownload,"
    "shortcutDetails(targetId,targetResourceKey),videoMediaMetadata/durationMillis"
)


@dataclass(frozen=True, slots=True)
class File:
    """`id` is the target's where a shortcut was asked for; without `mime_type` Drive told

    nothing. `problem` is why the account cannot fetch it.
    """

    id: str
    resource_key: str = ""
    name: str = ""
    mime_type: str = ""
    size_bytes: int | None = None
    duration_seconds: float | None = None
    sha256: str = ""
    problem: Reason | None = None

    @property
    def is_video(self) -> bool:
        return self.mime_type.startswith("video/")

    @property
    def kind(self) -> str:
        """Of MaterialKind, for what is no video."""
        if self.mime_type in _DOCUMENTS:
            return "document"
        return "link" if self.mime_type.startswith(_NATIVE) else "file"


def classify(client: GoogleClient, wanted: Mapping[str, str]) -> dict[str, File]:
    """By the id that was asked for; `wanted` maps at most AT_ONCE ids to their resource keys.

    What Drive could not answer right now is missing in the answer.

    :raises GoogleError: the account cannot ask Drive at all
    """
    found = _ask(client, wanted)
    targets = {
        asked: (file.id, file.resource_key)
        for asked, file in found.items()
        if file.mime_type == _SHORTCUT and file.id != asked
    }
    if targets:
        told = _ask(client, dict(targets.values()))
        for asked, (target, _) in targets.items():
            found.pop(asked)
            if target in told:
                found[asked] = told[target]
    return found


def _ask(client: GoogleClient, wanted: Mapping[str, str]) -> dict[str, File]:
    service = client.api("drive", "v3").files()
    requests = {}
    for number, (file_id, key) in enumerate(wanted.items()):
        request = service.get(fileId=file_id, fields=_FIELDS, supportsAllDrives=True)
        if key:
            request.headers["X-Goog-Drive-Resource-Keys"] = f"{file_id}/{key}"
        # Drive's ids are so long that the headers in which they would travel are folded.
        requests[str(number)] = request
    answers = client.batch(requests)
    found = {}
    for number, (file_id, key) in enumerate(wanted.items()):
        if file := _file(file_id, key, answers.get(str(number))):
            found[file_id] = file
    return found


def _file(asked: str, key: str, answer: Any) -> File | None:
    """None when another time may tell more.

    :raises GoogleError: this account may not ask about any file
    """
    if isinstance(answer, GoogleError):
        if answer.reason in (Reason.MISSING_SCOPE, Reason.API_NOT_ENABLED):
            raise answer
        return None if answer.is_transient else File(asked, key, problem=answer.reason)
    raw = plain.mapping(answer)
    if raw.get("mimeType") == _SHORTCUT:
        details = plain.mapping(raw.get("shortcutDetails"))
        target = plain.drive_id(details.get("targetId")) or asked
        return File(target, plain.key_of(details.get("targetResourceKey")), mime_type=_SHORTCUT)
    return _described(asked, key, raw) if raw else None


def _described(asked: str, key: str, raw: Mapping[str, Any]) -> File:
    return File(
        id=asked,
        resource_key=plain.key_of(raw.get("resourceKey")) or key,
        name=plain.line(raw.get("name"), 500),
        mime_type=plain.line(raw.get("mimeType"), 150),
        size_bytes=plain.number(raw.get("size")),
        duration_seconds=_seconds(raw),
        sha256=_checksum(raw.get("sha256Checksum")),
        problem=_obstacle(raw),
    )


def _obstacle(raw: Mapping[str, Any]) -> Reason | None:
    if raw.get("trashed") is True:
        return Reason.GONE
    if plain.mapping(raw.get("capabilities")).get("canDownload") is False:
        return Reason.NOT_DOWNLOADABLE
    return None


def _seconds(raw: Mapping[str, Any]) -> float | None:
    millis = plain.number(plain.mapping(raw.get("videoMediaMetadata")).get("durationMillis"))
    return millis / 1000 if millis else None


def _checksum(value: Any) -> str:
    good = isinstance(value, str) and len(value) == 64 and value.isalnum() and value.isascii()
    return value.lower() if good else ""
