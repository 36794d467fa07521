"""yt-dlp with a watch on every answer: blocked addresses, sizes, and files that changed."""

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from yt_dlp import YoutubeDL
from yt_dlp.networking import Request, Response
from yt_dlp.networking.exceptions import HTTPError
from yt_dlp.utils import DownloadCancelled, DownloadError, parse_http_range

from downloads.engines import extractors, failures
from downloads.engines.base import EngineError
from downloads.engines.codes import Code

logger = logging.getLogger(__name__)

# Of a page, a manifest or a playlist; media are never read in one piece.
MAX_PAGE_BYTES = 32 << 20
_PIECE_BYTES = 128 << 10
_BLOCK_SECONDS = 0.25
_KEPT = 20


class Stop(DownloadCancelled):  # type: ignore[misc]
    """Carries an error of ours through yt-dlp, which passes on this one kind untouched."""

    def __init__(self, cause: EngineError) -> None:
        super().__init__(str(cause))
        self.cause = cause


class Log:
    """What yt-dlp says; its warnings help to tell failures apart."""

    def __init__(self) -> None:
        self.warnings: list[str] = []
        self.errors: list[str] = []

    def debug(self, message: str) -> None:
        """Far too talkative."""

    def warning(self, message: str) -> None:
        logger.info(message)
        self.warnings = [*self.warnings, message][-_KEPT:]

    def error(self, message: str) -> None:
        logger.info(message)
        self.errors = [*self.errors, message][-_KEPT:]


class Freshness:
    """Remembers which file of the host a partial one is part of, over runs."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.part = ""

    def check(self, request: Request, response: Response) -> None:
        """
        :raises Stop: the rest of a file is of another file than its beginning
        """
        if not self.part:
            return
        known, mark = self._read(), _mark(response)
        begins = not (parse_http_range(request.headers.get("Range"))[0] and response.status == 206)
        if begins and known.get(self.part) != mark:
            self._path.write_text(json.dumps({**known, self.part: mark}))
        elif not begins and known.get(self.part, mark) != mark:
            text = "the file changed at its source"
            raise Stop(EngineError(Code.NETWORK_INTERRUPTED, text, start_over=True))

    def _read(self) -> dict[str, str]:
        try:
            return dict(json.loads(self._path.read_text()))
        except (OSError, ValueError):
            return {}


def _mark(response: Response) -> str:
    version = response.headers.get("ETag") or response.headers.get("Last-Modified") or ""
    return f"{version} {_whole_length(response)}"


def _whole_length(response: Response) -> int | None:
    total = parse_http_range(response.headers.get("Content-Range"))[2]
    length = response.headers.get("Content-Length", "")
    return int(total) if total else int(length) if length.isdigit() else None


class Session(YoutubeDL):  # type: ignore[misc]
    """One run's worth of yt-dlp."""

    def __init__(
        self, options: dict[str, Any], *, source: str, max_bytes: int, freshness: Freshness
    ) -> None:
        self.log = Log()
        self.retry_after: float | None = None
        self.refused_status: int | None = None
        self._max_bytes = max_bytes
        self._freshness = freshness
        super().__init__({**options, "logger": self.log}, auto_init=False)
        for extractor in extractors.of(source):
            self.add_info_extractor(extractor)

    @contextmanager
    def reporting(self, hook: Callable[[Mapping[str, Any]], None]) -> Iterator[None]:
        self._progress_hooks = [hook]
        try:
            yield
        finally:
            self._progress_hooks = []

    @contextmanager
    def following(self, part: str) -> Iterator[None]:
        """Whatever is asked for meanwhile is this part of the video; "" for nothing to watch."""
        self._freshness.part = part
        try:
            yield
        finally:
            self._freshness.part = ""

    def urlopen(self, req: Request | str) -> Response:
        request = Request(req) if isinstance(req, str) else req
        try:
            response = super().urlopen(request)
        except HTTPError as error:
            self.refused_status = error.status
            self.retry_after = failures.seconds_until(error.response.headers.get("Retry-After"))
            error.response.read = Reader(error.response.read)
            raise
        except Exception as error:
            _stop_if_blocked(error)
            raise
        self._check_length(response)
        self._freshness.check(request, response)
        response.read = Reader(response.read)
        return response

    def explain(self, error: BaseException) -> EngineError:
        """What a failure of this session comes to.

        :raises BaseException: the error itself, if it tells of a mistake of ours
        """
        if self.log.errors and isinstance(error, ValueError) and "closed file" in str(error):
            # One piece failed for good in its thread, and another met the file it had closed.
            error = DownloadError(self.log.errors[-1])
        said = " | ".join(self.log.warnings)
        found = failures.classify(error, said=said, retry_after=self.retry_after)
        if found.code is Code.SOURCE_BOT_CHECK and self.refused_status == 429:
            return failures.by_status(429, found.detail, self.retry_after)
        return found

    def _check_length(self, response: Response) -> None:
        length = _whole_length(response)
        if length is not None and length > self._max_bytes:
            text = f"{length} bytes are announced, {self._max_bytes} are allowed"
            raise Stop(EngineError(Code.LIMIT_SIZE, text, start_over=True))


def _stop_if_blocked(error: BaseException) -> None:
    """A refused address stays refused: no retry, no other way to the same."""
    for cause in failures.chain(error):
        if (
            isinstance(cause, OSError)
            and getattr(cause, "code", "") == Code.NETWORK_BLOCKED_ADDRESS
        ):
            raise Stop(EngineError(Code.NETWORK_BLOCKED_ADDRESS, str(cause))) from error


class Reader:
    """How the body of an answer is read: a page whole, but of bounded size; media in blocks that
    are never long in coming, so that a slow download is told from a dead one.
    """

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._broken: Exception | None = None

    def __call__(self, amount: int | None = None) -> bytes:
        if amount is None or amount < 0:
            return _read_page(self._read)
        if self._broken:
            raise self._broken
        pieces: list[bytes] = []
        left = amount
        deadline = time.monotonic() + _BLOCK_SECONDS
        while left and time.monotonic() < deadline and (piece := self._piece(left, bool(pieces))):
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces)

    def _piece(self, left: int, has_some: bool) -> bytes:
        """What came before the connection broke is kept; the next call tells that it did."""
        try:
            return self._read(min(left, _PIECE_BYTES))
        except Exception as error:
            if not has_some:
                raise
            self._broken = error
            return b""


def _read_page(read: Callable[[int], bytes]) -> bytes:
    pieces, length = [], 0
    while piece := read(_PIECE_BYTES):
        pieces.append(piece)
        length += len(piece)
        if length > MAX_PAGE_BYTES:
            text = f"a page of more than {MAX_PAGE_BYTES} bytes"
            raise Stop(EngineError(Code.SOURCE_UNSUPPORTED, text))
    return b"".join(pieces)
