"""Faults on demand: which call goes wrong, how, and how often."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.google.errors import ERRORS

# Beside the names of `errors.ERRORS`.
INVALID_GRANT = "invalid_grant"  # of the token endpoint
INVALID_CLIENT = "invalid_client"  # of the token endpoint
HANG_UP = "hang_up"  # closes without a word
RESET = "reset"  # breaks the connection
NOT_JSON = "not_json"  # 200 with a page
HTML_ERROR = "html502"  # a load balancer's page
OTHERS = frozenset({INVALID_GRANT, INVALID_CLIENT, HANG_UP, RESET, NOT_JSON, HTML_ERROR})


@dataclass
class Fault:
    """`match`: a regular expression searched in `METHOD path?query`.

    `times` -1: for ever; `after`: that many matching calls pass first; `delay` in seconds before
    the answer. Of answers that are not refused: `cut_after` that many bytes the connection is
    closed, `rate` bytes a second. Of media alone: `ignore_range` sends the whole file with 200,
    `corrupt` changes a byte. Of a piece of an upload: only `keep` of its bytes are kept.
    """

    match: str
    error: str = ""
    times: int = 1
    after: int = 0
    delay: float = 0.0
    cut_after: int = -1
    ignore_range: bool = False
    corrupt: bool = False
    rate: float = 0.0
    keep: int = -1
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.error and self.error not in ERRORS and self.error not in OTHERS:
            raise ValueError(f"no such error: {self.error}")
        re.compile(self.match)


NONE = Fault("", times=0)


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def take(self, address: str) -> Fault:
        """The first that is left for `METHOD path?query`, counted; NONE when all is well."""
        with self._lock:
            for fault in self._faults:
                if not fault.times or not re.search(fault.match, address):
                    continue
                if fault.after:
                    fault.after -= 1
                    continue
                fault.times -= 1
                return fault
        return NONE
