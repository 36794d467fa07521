"""How the body of an answer is read."""

import time
from collections.abc import Callable

from downloads.engines import bandwidth
from downloads.engines.bandwidth import Allowance
from downloads.engines.base import EngineError
from downloads.engines.codes import Code
from downloads.engines.failures import Stop

# Of a page, a manifest or a playlist; media are never read in one piece.
MAX_PAGE_BYTES = 32 << 20
_PIECE_BYTES = 128 << 10
_BLOCK_SECONDS = 0.25


class Reader:
    """A page whole, but of bounded size; media in blocks that are never long in coming, so that
    a slow download is told from a dead one.
    """

    def __init__(
        self,
        read: Callable[[int], bytes],
        most_bytes: int,
        allowance: Allowance = bandwidth.NO_LIMIT,
    ) -> None:
        self._read = read
        self._allowance = allowance
        self._most_bytes = self._left = most_bytes
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
            piece = self._read(self._allowance.piece_bytes(min(left, _PIECE_BYTES)))
        except Exception as error:
            if not has_some:
                raise
            self._broken = error
            return b""
        self._allowance.spend(len(piece))
        self._left -= len(piece)
        if self._left < 0:
            text = f"more than {self._most_bytes} bytes"
            raise Stop(EngineError(Code.LIMIT_SIZE, text, start_over=True))
        return piece


def _read_page(read: Callable[[int], bytes]) -> bytes:
    pieces, length = [], 0
    while piece := read(_PIECE_BYTES):
        pieces.append(piece)
        length += len(piece)
        if length > MAX_PAGE_BYTES:
            text = f"a page of more than {MAX_PAGE_BYTES} bytes"
            raise Stop(EngineError(Code.SOURCE_UNSUPPORTED, text))
    return b"".join(pieces)
