"""A partial file is only continued with the rest of the same file."""

import json
from http import HTTPStatus
from pathlib import Path

from yt_dlp.networking import Request, Response
from yt_dlp.utils import parse_http_range

from downloads.engines import clean
from downloads.engines.base import EngineError
from downloads.engines.codes import Code
from downloads.engines.failures import Stop

_MOST_DIGITS = 19  # so many always fit into 63 bits with room to spare


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
    return f"{version} {whole_length(response)}"


def whole_length(response: Response) -> int | None:
    """Of the file, not only of the range in this answer."""
    if response.status == HTTPStatus.PARTIAL_CONTENT:
        total = parse_http_range(response.headers.get("Content-Range"))[2]
        if total:
            return min(int(total), clean.LARGEST)
    return answer_length(response)


def answer_length(response: Response) -> int | None:
    """Of this answer, as announced."""
    digits = response.headers.get("Content-Length", "").strip()
    if not (digits.isascii() and digits.isdigit()):
        return None
    return int(digits) if len(digits) < _MOST_DIGITS else clean.LARGEST
