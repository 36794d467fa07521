"""What a file on Drive holds: made when first asked for, hashed once, never whole in memory."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from sandbox.bodies import Body, BytesBody, FileBody
from sandbox.files import UniqueFile

Source = bytes | Path | Callable[[], Body]


class Content:
    """One revision. The tag is of the revision, so that no byte needs to be read for it."""

    def __init__(self, source: Source, tag: str) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._body: Body | None = None
        self._digests: dict[str, str] = {}
        self.etag = f'"{tag}"'

    @property
    def body(self) -> Body:
        with self._lock:
            if self._body is None:
                self._body = _body(self._source)
            return self._body

    @property
    def size(self) -> int:
        return self.body.size

    @property
    def last_modified(self) -> str:
        return self.body.last_modified

    def blocks(self, start: int, stop: int) -> Iterator[memoryview]:
        return self.body.blocks(start, stop)

    def digest(self, name: str) -> str:
        body = self.body
        with self._lock:
            if name not in self._digests:
                self._digests[name] = _digest(body, name)
            return self._digests[name]


class Corrupt:
    """The same with one byte changed, in the last of what is sent."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self.size, self.etag, self.last_modified = body.size, body.etag, body.last_modified

    def blocks(self, start: int, stop: int) -> Iterator[memoryview]:
        yield from self._body.blocks(start, stop - 1)
        for last in self._body.blocks(stop - 1, stop):
            yield memoryview(bytes([last[0] ^ 0xFF]))


def _body(source: Source) -> Body:
    if isinstance(source, bytes):
        return BytesBody(source)
    return FileBody(source) if isinstance(source, Path) else source()


def _digest(body: Body, name: str) -> str:
    if isinstance(body, UniqueFile):
        return body.digest(name)  # remembered over scenarios: it may be of half a gigabyte
    digest = hashlib.new(name)
    for block in body.blocks(0, body.size):
        digest.update(block)
    return digest.hexdigest()
