"""The finished files under constant names in a folder of their own, safely on disk."""

import hashlib
import os
from pathlib import Path

from core import failpoints
from downloads.engines.base import Tick

_BLOCK = 1 << 20
_BLOCKS_A_TICK = 64


def place(source: Path, folder: Path, name: str) -> Path:
    """A second name for the file where the file system has that: should this process end now,
    the next one still finds the first and need not fetch it again.
    """
    target = folder / name
    try:
        target.hardlink_to(source)
    except OSError:
        source.replace(target)
    return target


def sha256(path: Path, tick: Tick) -> str:
    return digest_of(path, "sha256", tick)


def digest_of(path: Path, algorithm: str, tick: Tick) -> str:
    digest = hashlib.new(algorithm, usedforsecurity=False)
    buffer = bytearray(_BLOCK)
    view = memoryview(buffer)
    count = 0
    with path.open("rb", buffering=0) as file:
        while length := file.readinto(buffer):
            digest.update(view[:length])
            count += 1
            if count % _BLOCKS_A_TICK == 0:
                tick()
    return digest.hexdigest()


def settle(folder: Path, tick: Tick) -> None:
    """Every file, then the folder, on disk."""
    failpoints.reach("child.written")
    for path in sorted(folder.iterdir()):
        _sync(path)
        tick()
    _sync(folder)
    failpoints.reach("child.settled")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
