"""What was asked of the sandbox: a bounded record that tests read, in process or as JSON."""

import dataclasses
import threading
import time
from collections import deque

KEPT = 5000


@dataclasses.dataclass
class Entry:
    """One request. `sent` counts body bytes handed to the network; `ended` is None while it runs.

    `aborted` tells that the client left, or that the sandbox cut the line on purpose.
    """

    number: int
    method: str
    url: str
    headers: dict[str, str]
    peer_port: int
    started: float
    received: int = 0
    status: int | None = None
    sent: int = 0
    ended: float | None = None
    aborted: bool = False


class Journal:
    """Requests; addresses of hosts that nobody plays (`escaped`); hosts whose certificate a client

    refused (`untrusted`); what was asked wrongly, and own mistakes (`errors`).
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._escaped: deque[str] = deque(maxlen=KEPT)
        self._untrusted: deque[str] = deque(maxlen=KEPT)
        self._errors: deque[str] = deque(maxlen=KEPT)

    def open(
        self, method: str, url: str, headers: dict[str, str], peer_port: int, *, keep: bool
    ) -> Entry:
        with self._lock:
            self._count += keep
            entry = Entry(self._count, method, url, headers, peer_port, time.time())
            if keep:
                self._entries.append(entry)
            return entry

    def close(self, entry: Entry, status: int | None = None) -> None:
        entry.status = status or entry.status
        entry.ended = time.time()

    def note_escape(self, url: str) -> None:
        with self._lock:
            self._escaped.append(url)

    def note_untrusted(self, host: str) -> None:
        with self._lock:
            self._untrusted.append(host)

    def note_error(self, text: str) -> None:
        with self._lock:
            self._errors.append(text)

    def reset(self) -> None:
        with self._lock:
            self._entries.clear()
            for noted in (self._escaped, self._untrusted, self._errors):
                noted.clear()

    @property
    def escaped(self) -> list[str]:
        with self._lock:
            return list(self._escaped)

    @property
    def untrusted(self) -> list[str]:
        with self._lock:
            return list(self._untrusted)

    @property
    def errors(self) -> list[str]:
        with self._lock:
            return list(self._errors)

    def requests(self, containing: str = "") -> list[Entry]:
        """The requests whose address holds the text, oldest first."""
        with self._lock:
            return [entry for entry in self._entries if containing in entry.url]

    def as_json(self, containing: str = "") -> dict[str, object]:
        return {
            "requests": [dataclasses.asdict(entry) for entry in self.requests(containing)],
            "escaped": self.escaped,
            "untrusted": self.untrusted,
            "errors": self.errors,
        }
