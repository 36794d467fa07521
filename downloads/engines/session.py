"""yt-dlp with a watch on every answer: blocked addresses, sizes, and files that changed."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from yt_dlp import YoutubeDL
from yt_dlp.networking import Request, Response
from yt_dlp.networking.exceptions import HTTPError
from yt_dlp.utils import DownloadError

from downloads.engines import cookie_file, extractors, failures
from downloads.engines.bandwidth import NO_LIMIT, Allowance
from downloads.engines.base import EngineError
from downloads.engines.codes import Code
from downloads.engines.cookie_file import StoredCookie
from downloads.engines.failures import Stop
from downloads.engines.freshness import Freshness, answer_length, whole_length
from downloads.engines.reader import Reader

logger = logging.getLogger(__name__)

_KEPT = 20


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


class Session(YoutubeDL):  # type: ignore[misc]
    """One run's worth of yt-dlp."""

    def __init__(
        self,
        options: dict[str, Any],
        *,
        source: str,
        max_bytes: int,
        freshness: Freshness,
        allowance: Allowance = NO_LIMIT,
    ) -> None:
        self._allowance = allowance
        self.log = Log()
        self.retry_after: float | None = None
        self.refused_status: int | None = None
        self._max_bytes = self._answer_bytes = max_bytes
        self._freshness = freshness
        super().__init__({**options, "logger": self.log}, auto_init=False)
        for extractor in extractors.of(source):
            self.add_info_extractor(extractor)

    def carry(self, stored: list[StoredCookie]) -> None:
        """From now on each site gets the cookies of its own; they are nowhere but in memory."""
        for cookie in cookie_file.as_cookies(stored):
            self.cookiejar.set_cookie(cookie)

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

    @contextmanager
    def in_pieces(self, most_bytes: int) -> Iterator[None]:
        """Meanwhile an answer is one piece of a stream, which yt-dlp holds in memory."""
        self._answer_bytes = min(most_bytes, self._max_bytes)
        try:
            yield
        finally:
            self._answer_bytes = self._max_bytes

    def urlopen(self, req: Request | str) -> Response:
        request = Request(req) if isinstance(req, str) else req
        try:
            response = super().urlopen(request)
        except HTTPError as error:
            self.refused_status = error.status
            self.retry_after = failures.seconds_until(error.response.headers.get("Retry-After"))
            error.response.read = Reader(error.response.read, self._answer_bytes)
            raise
        except Exception as error:
            _stop_if_blocked(error)
            raise
        self._check_length(response)
        self._freshness.check(request, response)
        response.read = Reader(response.read, self._answer_bytes, self._allowance)
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
        """A piece may be a small range of a large file."""
        announced = (whole_length(response), self._max_bytes)
        for length, most in (announced, (answer_length(response), self._answer_bytes)):
            if length is not None and length > most:
                text = f"{length} bytes are announced, {most} are allowed"
                raise Stop(EngineError(Code.LIMIT_SIZE, text, start_over=True))


def _stop_if_blocked(error: BaseException) -> None:
    """A refused address stays refused: no retry, no other way to the same."""
    for cause in failures.chain(error):
        if (
            isinstance(cause, OSError)
            and getattr(cause, "code", "") == Code.NETWORK_BLOCKED_ADDRESS
        ):
            raise Stop(EngineError(Code.NETWORK_BLOCKED_ADDRESS, str(cause))) from error
