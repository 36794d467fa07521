"""Many distinct videos of any size without storing any: a small real mp4 and seeded padding.

A player ignores an mp4 `free` box, so padding of any length can follow the real video. The whole
file is decided by (base video, seed, size): a test knows its sha256 without having downloaded it.
"""

import functools
import hashlib
import random
import struct
from collections.abc import Iterator
from email.utils import formatdate

from sandbox.bodies import BLOCK

# size 1 announces a 64-bit length, so that padding may pass 4 GiB
_FREE_BOX = struct.Struct(">I4sQ")
_INDEX = struct.Struct(">Q")


class UniqueFile:
    """A valid mp4 of exactly `size` bytes, different for every seed."""

    def __init__(self, base: bytes, seed: str, size: int) -> None:
        padding = size - len(base) - _FREE_BOX.size
        if size < smallest(base):
            raise ValueError(f"at least {smallest(base)} bytes are needed, not {size}")
        self.seed = seed
        self.size = size
        self.etag = f'"{seed}-{size:x}"'
        self.last_modified = formatdate(1_750_000_000, usegmt=True)
        self._base = base
        self._head = base + _FREE_BOX.pack(1, b"free", padding + _FREE_BOX.size)

    def blocks(self, start: int, stop: int) -> Iterator[memoryview]:
        head = memoryview(self._head)[start:stop]
        if head:
            yield head
        yield from self._padding(max(start, len(self._head)), stop)

    def sha256(self) -> str:
        return self.digest("sha256")

    def digest(self, name: str) -> str:
        """:param name: as hashlib knows it"""
        return _digest(name, self._base, self.seed, self.size)

    def _padding(self, start: int, stop: int) -> Iterator[memoryview]:
        """Blocks that differ by their number, so that one out of place is noticed."""
        block = bytearray(_block(self.seed))
        view = memoryview(block)
        origin = len(self._head)
        while start < stop:
            number, offset = divmod(start - origin, BLOCK)
            _INDEX.pack_into(block, 0, number)
            count = min(BLOCK - offset, stop - start)
            yield view[offset : offset + count]
            start += count


def smallest(base: bytes) -> int:
    """The least size that still tells one seed from another."""
    return len(base) + _FREE_BOX.size + 256


@functools.lru_cache(maxsize=64)
def _block(seed: str) -> bytes:
    return random.Random(seed).randbytes(BLOCK)


@functools.lru_cache(maxsize=1024)
def _digest(name: str, base: bytes, seed: str, size: int) -> str:
    digest = hashlib.new(name)
    for block in UniqueFile(base, seed, size).blocks(0, size):
        digest.update(block)
    return digest.hexdigest()
