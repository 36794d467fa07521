"""What goes into an engine, what comes out, and how it fails."""

from collections.abc import Callable
from typing import Any, NotRequired, Protocol, TypedDict

from downloads.engines import clean
from downloads.engines.codes import TRANSIENT, Code

Emit = Callable[[dict[str, Any]], None]
Tick = Callable[[], None]

_DETAIL_LENGTH = 1000


class Parent(Protocol):
    """The worker that started this run: told what happens, or asked and waited for."""

    def __call__(self, event: dict[str, Any], /) -> None: ...

    def ask(self, question: dict[str, Any], /) -> dict[str, Any]: ...


class Network(TypedDict):
    """`allowed` holds `host:port` pairs that may be reached although they are private."""

    allowed: list[str]
    proxy: str
    ca_file: str


class Limits(TypedDict):
    """`file_bytes` is enforced by the kernel; the others have defaults and serve tests."""

    file_bytes: int
    socket_seconds: NotRequired[float]
    piece_bytes: NotRequired[int]
    retries: NotRequired[int]
    retry_seconds: NotRequired[float]


class DriveOrder(TypedDict):
    """A file of Google Drive; a document of Google's own is exported as the type `export`."""

    file_id: str
    resource_key: str
    export: str


class Job(TypedDict):
    """One run. `run` orders the runs of one download: an earlier one never ends a later one.

    A "material" is any file, a "video" must be one. With `drive` the worker has an account for
    it, whose tokens it is asked for; `google` says where Google is. `extensions` are the kinds of
    files that are allowed, none for all. `cookies`: its owner has some for this site, which it
    has to ask for.
    """

    kind: str
    drive: DriveOrder | None
    google: dict[str, str]

    url: str
    source: str
    workdir: str
    tools_dir: str
    fingerprint: str
    run: NotRequired[int]
    cookies: NotRequired[bool]
    quality: str
    format: str
    audio_only: bool
    subtitles: bool
    max_bytes: int
    max_seconds: int
    extensions: NotRequired[list[str]]
    extractions_at_once: NotRequired[int]
    expression: str
    network: Network
    limits: Limits


class Chapter(TypedDict):
    title: str
    start_seconds: float
    end_seconds: float | None


class Metadata(TypedDict):
    """What the source says about the video, cleaned and cut to our lengths."""

    title: str
    duration_seconds: float | None
    uploader: str
    description: str
    published_at: str | None
    chapters: list[Chapter]
    source_id: str
    extractor: str
    estimated_bytes: int | None
    thumbnail: str | None
    width: int | None
    height: int | None


class Subtitle(TypedDict):
    language: str
    label: str
    automatic: bool
    file: str


class Published(TypedDict):
    """The finished files: `folder` holds them and nothing else, all on disk.

    `linked`: the library had the bytes, none were fetched.
    """

    folder: str
    file: str
    size_bytes: int
    sha256: str
    container: str
    content_type: str
    duration_seconds: float | None
    width: int | None
    height: int | None
    video_codec: str | None
    audio_codec: str | None
    thumbnail: str | None
    subtitles: list[Subtitle]
    metadata: Metadata
    linked: NotRequired[bool]


class PublishedMaterial(TypedDict):
    """A finished file of any kind, and what its people call it."""

    folder: str
    file: str
    size_bytes: int
    sha256: str
    content_type: str
    name: str
    linked: NotRequired[bool]


class EngineError(Exception):
    """A failure with a code. `start_over`: what is on disk must not be continued."""

    def __init__(
        self,
        code: Code,
        detail: str,
        *,
        retryable: bool | None = None,
        retry_after: float | None = None,
        start_over: bool = False,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = clean.paragraphs(detail, _DETAIL_LENGTH)
        self.retryable = code in TRANSIENT if retryable is None else retryable
        self.retry_after = retry_after
        self.start_over = start_over

    def as_event(self) -> dict[str, Any]:
        return {
            "event": "failed",
            "code": str(self.code),
            "detail": self.detail,
            "retryable": self.retryable,
            "retry_after": self.retry_after,
            "busy": False,
        }
