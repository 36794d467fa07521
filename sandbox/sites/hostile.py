"""An origin that misbehaves: `/<fault>/<anything>.mp4`, the fault table is at the end.

What every fault understands: `?size=` gives a unique video of that size instead of the test clip
(its seed is the name in the path), `?rate=` paces it in bytes a second. A fault that goes away
("once…") counts the requests of one exact address; `POST /_sandbox/reset` forgets them.
"""

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from sandbox.bodies import BLOCK, Body, BytesBody, FileBody
from sandbox.exchange import Exchange
from sandbox.media import Media
from sandbox.sites.files import asked_rate

HOST = "bad.example"
VIDEO = "video/mp4"

_LOGIN_PAGE = "<!doctype html><html><head><title>Sign in</title></head><body>Please.</body></html>"
_FIVE_TERABYTES = 5 * 10**12
_ENDLESS_RATE = 50 * 1024 * 1024
_FOR_EVER_SECONDS = 600.0


class Hostile:
    def __init__(self, media: Media) -> None:
        self._media = media
        self._lock = threading.Lock()
        self._asked: Counter[str] = Counter()

    def reset(self) -> None:
        with self._lock:
            self._asked.clear()

    def answer(self, exchange: Exchange) -> None:
        mode = exchange.path.split("/")[1]
        count = self._count(exchange)
        if mode.isdigit():
            _status(exchange, int(mode))
        elif mode.startswith("once") and mode[4:].isdigit():
            self._once(exchange, count, int(mode[4:]))
        elif mode in _CHANGING:
            _CHANGING[mode](exchange, self._body(exchange), count)
        elif mode in FAULTS:
            FAULTS[mode](exchange, self._body(exchange))
        else:
            exchange.not_found()
