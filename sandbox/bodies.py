"""Bodies a host can send, in whole or in part, without holding them in memory."""

import hashlib
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Protocol

BLOCK = 1 << 20


class Body(Protocol):
    @property
    def size(self) -> int: ...

    @property
    def etag(self) -> str: ...

    @property
    def last_modified(self) -> str: ...

    def blocks(self, start: int, stop: int) -> Iterator[memoryview]:
        """The bytes from start up to, not including, stop."""
        ...


class BytesBody:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self.size = len(content)
        self.etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        self.last_modified = formatdate(1_750_000_000, usegmt=True)

    def blocks(self, start: int, stop: int) -> Iterator[memoryview]:
        view = memoryview(self._content)
        for at in range(start, stop, BLOCK):
            yield view[at : min(at + BLOCK, stop)]


class FileBody:
    def __init__(self, path: Path) -> None:
        self._path = path
        stat = path.stat()
        self.size = stat.st_size
        self.etag = f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
        self.last_modified = formatdate(stat.st_mtime, usegmt=True)

    def blocks(self, start: int, stop: int) -> Iterator[memoryview]:
        buffer = bytearray(min(BLOCK, stop - start))
        view = memoryview(buffer)
        with self._path.open("rb", buffering=0) as file:
            file.seek(start)
            left = stop - start
            while left > 0:
                count = file.readinto(view[: min(left, len(buffer))])
                if not count:
                    return
                yield view[:count]
                left -= count
