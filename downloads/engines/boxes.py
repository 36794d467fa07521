"""Whether a file ends where its own outer structure says, without decoding anything.

A cut can fall into bytes that no player misses, such as the padding after a video.
"""

import os
import struct
from pathlib import Path
from typing import BinaryIO

_SEGMENT = 0x18538067
_EBML = 0x1A45DFA3


def is_complete(path: Path, demuxer: str) -> bool:
    """False only where something is certainly missing."""
    with path.open("rb") as file:
        if demuxer in {"mp4", "mov"}:
            return _mp4_is_complete(file)
        if demuxer == "matroska":
            return _matroska_is_complete(file)
    return True


def _mp4_is_complete(file: BinaryIO) -> bool:
    """Boxes follow one another to the very end; size 0 means: up to there."""
    end, at = os.fstat(file.fileno()).st_size, 0
    while at + 8 <= end:
        file.seek(at)
        size, _ = struct.unpack(">I4s", file.read(8))
        header = 8
        if size == 1:
            header, size = 16, int.from_bytes(file.read(8))
        if size == 0:
            return True
        if size < header:
            return False
        at += size
    # Some writers leave a few zero bytes behind the last box.
    return at <= end


def _matroska_is_complete(file: BinaryIO) -> bool:
    """A segment of unknown size, as in a recorded stream, ends where the file does."""
    end = os.fstat(file.fileno()).st_size
    while (element := _number(file, keep_marker=True)) is not None:
        size = _number(file, keep_marker=False)
        if size is None:
            return True
        if element == _SEGMENT:
            return file.tell() + size <= end
        file.seek(size, os.SEEK_CUR)
    return True


def _number(file: BinaryIO, *, keep_marker: bool) -> int | None:
    """A number of variable length; None for an unknown size or at the end of the file."""
    first = file.read(1)
    if not first or not first[0]:
        return None
    length = 9 - first[0].bit_length()
    value = int.from_bytes(first + file.read(length - 1))
    if keep_marker:
        return value
    mask = (1 << 7 * length) - 1
    return None if value & mask == mask else value & mask
