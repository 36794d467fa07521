"""An origin that misbehaves: `/<fault>/<anything>.mp4`, the faults are in `sandbox.sites.faults`.

What every fault understands: `?size=` gives a unique video of that size instead of the test clip;
its seed is the name in the path (with `changed`, `<name>-changed` after the cut). Faults that pass
count the GETs of one exact address; `POST /_sandbox/reset` forgets them.
"""

import threading
from collections import Counter
from pathlib import PurePosixPath

from sandbox.bodies import Body, FileBody
from sandbox.exchange import Exchange
from sandbox.media import Media
from sandbox.sites import faults

HOST = "bad.example"
DEFAULT_SIZE = 1_000_000


class Hostile:
    def __init__(self, media: Media) -> None:
        self._media = media
        self._lock = threading.Lock()
        self._asked: Counter[str] = Counter()

    def reset(self) -> None:
        with self._lock:
            self._asked.clear()

    def answer(self, exchange: Exchange) -> None:
        name = exchange.path.split("/")[1]
        fault = faults.find(name)
        if fault is None:
            exchange.not_found()
            return
        count = self._count(exchange)
        changed = name == faults.CHANGED and count > faults.cut_number(exchange)
        fault(exchange, self._body(exchange, name, changed=changed), count)

    def _count(self, exchange: Exchange) -> int:
        """Which GET of this address it is, from 1; a HEAD asks about the next one."""
        with self._lock:
            if exchange.method == "HEAD":
                return self._asked[exchange.url] + 1
            self._asked[exchange.url] += 1
            return self._asked[exchange.url]

    def _body(self, exchange: Exchange, name: str, *, changed: bool) -> Body:
        if name != faults.CHANGED and "size" not in exchange.query:
            return FileBody(self._media.test_clip.muxed)
        seed = PurePosixPath(exchange.path).stem + (f"-{name}" if changed else "")
        return self._media.unique(seed, int(exchange.query.get("size", DEFAULT_SIZE)))
