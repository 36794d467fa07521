"""Partial answers: `fields=a,b(c,d/e),*`, and lists in pages."""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from typing import Any

from sandbox.google.calls import Answer, Call, json_answer
from sandbox.google.errors import refusal

_PART = re.compile(r"([\w-]+|\*)(?:/(.+)|\((.+)\))?", re.DOTALL)


def mask(value: Any, spec: str) -> Any:
    """
    :raises Refusal: a mask that is none
    """
    if spec in ("", "*"):
        return value
    if isinstance(value, list):
        return [mask(one, spec) for one in value]
    if not isinstance(value, dict):
        return value
    kept: dict[str, Any] = {}
    for part in _parts(spec):
        if not (found := _PART.fullmatch(part)):
            raise refusal("invalid", f"Invalid field selection {part}")
        if found[1] == "*":
            return value
        if found[1] in value:
            chosen = mask(value[found[1]], found[2] or found[3] or "")
            kept[found[1]] = _joined(kept.get(found[1]), chosen)
    return kept


def _joined(before: Any, after: Any) -> Any:
    """`a/b,a/c` keeps both."""
    both = isinstance(before, dict) and isinstance(after, dict)
    return {**before, **after} if both else after


def _parts(spec: str) -> Iterator[str]:
    depth, start = 0, 0
    for at, letter in enumerate(spec):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            yield spec[start:at].strip()
            start = at + 1
    yield spec[start:].strip()


class Pages:
    """Lists in pages; made endless, or with every row twice, by the key of the list."""

    def __init__(self) -> None:
        self.endless: set[str] = set()
        self.doubled: set[str] = set()

    def answer(
        self,
        call: Call,
        key: str,
        rows: Sequence[Any],
        *,
        default: int = 100,
        largest: int = 100,
        fields: str = "",
    ) -> Answer:
        rows = [*rows, *rows] if key in self.doubled else list(rows)
        size = min(call.number("pageSize", 0) or default, largest)
        start = _start(call.one("pageToken"))
        endless = key in self.endless
        if endless and rows:
            shown = [rows[at % len(rows)] for at in range(start, start + min(size, len(rows)))]
        else:
            shown = rows[start : start + size]
        # Google leaves an empty list out of its answer.
        told: dict[str, Any] = {key: shown} if shown else {}
        if endless or start + size < len(rows):
            told["nextPageToken"] = _token(start + size)
        return json_answer(mask(told, call.one("fields") or fields))


def _token(start: int) -> str:
    return base64.urlsafe_b64encode(str(start).encode()).decode()


def _start(token: str) -> int:
    try:
        start = int(base64.urlsafe_b64decode(token)) if token else 0
    except (ValueError, binascii.Error):
        raise refusal("invalid", "Invalid page token") from None
    if start < 0:
        raise refusal("invalid", "Invalid page token")
    return start
