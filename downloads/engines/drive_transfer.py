"""The bytes of a Drive file, over as many connections as it takes, right to the last one."""

import random
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

import requests
import urllib3
from yt_dlp.utils import parse_http_range

from downloads.engines import drive_file, options, publishing
from downloads.engines.base import EngineError
from downloads.engines.codes import Code
from downloads.engines.context import Context
from downloads.engines.drive_api import Drive
from downloads.engines.drive_file import DriveFile
from downloads.engines.freshness import whole_length
from downloads.engines.progress import Progress
from downloads.engines.reader import Reader

_BLOCK_BYTES = 1 << 20
# Every request costs quota, whatever it brings: so much makes up for one that was cut off.
_WORTH_BYTES = 16 << 20
# Whoever is told to wait for longer gives his place to another download.
_LONGEST_WAIT = 30.0
_PASSING = frozenset(
    {
        Code.NETWORK_INTERRUPTED,
        Code.NETWORK_TIMEOUT,
        Code.NETWORK_UNREACHABLE,
        Code.SOURCE_RATE_LIMITED,
        Code.FILE_CORRUPT,
    }
)


@dataclass(frozen=True)
class Fetched:
    """`file` as it is now: it may be newer than the one that was asked for."""

    file: DriveFile
    path: Path
    linked: bool = False


def fetch(context: Context, drive: Drive, file: DriveFile) -> Fetched:
    """
    :raises EngineError: some or all of it could not be had; what has come is kept for later
    """
    context.folder.select(file.version)
    path = context.folder.temp / "part-0"
    if path.exists():  # whole and checked, but the run that fetched it did not come to its end
        return Fetched(file, path)
    if _take_held(context, file, path):
        return Fetched(file, path, linked=True)
    transfer = _Transfer(context, drive, file)
    transfer.run().replace(path)
    return Fetched(transfer.file, path)


def verify(context: Context, file: DriveFile, path: Path) -> None:
    """
    :raises EngineError: these are not the bytes that Google told of
    """
    for algorithm, announced in (("sha256", file.sha256), ("md5", file.md5)):
        if announced:
            if publishing.digest_of(path, algorithm, context.tick) != announced:
                raise _corrupt(f"its {algorithm} is not the one that Google announced")
            return


def _take_held(context: Context, file: DriveFile, path: Path) -> bool:
    """Bytes that the library has already, if Google says that the account may have them."""
    if not (file.sha256 and file.size is not None and file.may_be_downloaded):
        return False
    question = {"event": "ask", "what": "held", "sha256": file.sha256, "size_bytes": file.size}
    held = context.emit.ask(question)["path"]
    if not held:
        return False
    try:
        path.hardlink_to(held)
        verify(context, file, path)
    except (OSError, EngineError):  # removed just now, or damaged: there is the source
        path.unlink(missing_ok=True)
        return False
    return True


class _Patience:
    """A few tries in a row; a connection that has brought much does not count as one."""

    def __init__(self, context: Context) -> None:
        limits = context.job["limits"]
        self._tries = limits.get("retries", options.RETRIES)
        self._seconds = limits.get("retry_seconds", 1.0)
        self._failures = 0
        self._reached = 0

    def after(self, error: EngineError, reached: int) -> float:
        """How long to wait before the next try.

        :raises EngineError: the last one, when there is no next
        """
        if reached - self._reached >= _WORTH_BYTES:
            self._failures = 0
        self._reached = max(reached, self._reached)
        self._failures += 1
        wished = error.retry_after or 0.0
        if self._failures > self._tries or wished > _LONGEST_WAIT:
            raise error
        longest = min(self._seconds * 2**self._failures, options.LONGEST_RETRY_SLEEP)
        return wished + random.uniform(longest / 2, longest)  # noqa: S311 - no secret


class _Transfer:
    """What is on disk is only continued with the rest of the same revision."""

    def __init__(self, context: Context, drive: Drive, file: DriveFile) -> None:
        self._context = context
        self._drive = drive
        self._patience = _Patience(context)
        self._partial = context.folder.temp / "part-0.part"
        self._begin(file)

    def run(self) -> Path:
        while failure := self._failure():
            self._prepare_next(failure)
        self._progress.end()
        return self._partial

    def _failure(self) -> EngineError | None:
        """What this try ends with, if that may pass."""
        try:
            self._receive()
            verify(self._context, self.file, self._partial)
        except EngineError as error:
            if error.code not in _PASSING:
                raise
            return error
        return None

    def _begin(self, file: DriveFile) -> None:
        self.file = file
        self._context.folder.select(file.version)
        self._progress = Progress(
            self._context.emit, expected=[file.size], max_bytes=self._context.job["max_bytes"]
        )

    def _prepare_next(self, error: EngineError) -> None:
        """A file that has changed meanwhile is begun anew; one that has not, and is wrong all the
        same, will not get better.
        """
        self._context.pause(self._patience.after(error, self._held()))
        order = self._context.job["drive"]
        newer = self._drive.look(order) if order else self.file
        if newer.version != self.file.version:
            drive_file.check(newer, self._context.job)
            self._begin(newer)
        elif error.code is Code.FILE_CORRUPT:
            raise error

    def _held(self) -> int:
        return self._partial.stat().st_size if self._partial.exists() else 0

    def _receive(self) -> None:
        begin = self._held() if self.file.size is not None else 0
        if begin == self.file.size:
            self._partial.touch()  # there are files of no bytes
            return
        with self._request(begin) as response:
            if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                self._partial.unlink()
                raise EngineError(Code.NETWORK_INTERRUPTED, "Google has no more of the file")
            begin = _begins_at(response, begin)
            self._check_length(response)
            with self._partial.open("r+b" if begin else "wb") as target:
                target.seek(begin)
                self._write(response, target, begin)

    def _request(self, begin: int) -> requests.Response:
        order = self._context.job["drive"]
        if self.file.is_native and order:
            return self._drive.export(self.file, order["export"])
        return self._drive.content(self.file, begin)

    def _check_length(self, response: requests.Response) -> None:
        coming, size = whole_length(response.raw), self.file.size
        if None not in (coming, size) and coming != size:
            raise _corrupt(f"{size} bytes were announced, {coming} come")

    def _write(self, response: requests.Response, target: BinaryIO, done: int) -> None:
        most, size = self._context.job["max_bytes"], self.file.size
        read = Reader(response.raw.read1, most - done, self._context.allowance)
        while block := _block(read):
            done += len(block)
            if size is not None and done > size:
                raise _corrupt("more bytes come than were announced")
            target.write(block)
            self._progress({"downloaded_bytes": done, "total_bytes": size})
        if size is not None and done < size:
            raise EngineError(Code.NETWORK_INTERRUPTED, f"{done} of {size} bytes came")


def _begins_at(response: requests.Response, asked: int) -> int:
    """Where the bytes of this answer belong: a host may ignore what was asked, and send all."""
    if response.status_code != HTTPStatus.PARTIAL_CONTENT:
        return 0
    if parse_http_range(response.headers.get("Content-Range"))[0] != asked:
        raise EngineError(Code.NETWORK_INTERRUPTED, "another part came than was asked for")
    return asked


def _block(read: Reader) -> bytes:
    try:
        return read(_BLOCK_BYTES)
    except urllib3.exceptions.ReadTimeoutError as error:
        raise EngineError(Code.NETWORK_TIMEOUT, "Google stopped sending") from error
    except urllib3.exceptions.HTTPError as error:
        raise EngineError(Code.NETWORK_INTERRUPTED, str(error)) from error


def _corrupt(detail: str) -> EngineError:
    return EngineError(Code.FILE_CORRUPT, detail, start_over=True)
