"""Text from strangers, made fit to store: no control characters, bounded length."""

import math
import re
from typing import Any

# C0 and C1 control characters but tab and newline, and halves of surrogate pairs.
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_SPACES = re.compile(r"\s+")


def line(value: object, length: int) -> str:
    """One line of text."""
    return _SPACES.sub(" ", _UNWANTED.sub("", _text(value))).strip()[:length].strip()


def paragraphs(value: object, length: int) -> str:
    """Text that keeps its lines."""
    return _UNWANTED.sub("", _text(value).replace("\r\n", "\n")).strip()[:length].strip()


def number(value: Any) -> float | None:
    """A finite number, not below zero."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value >= 0 else None


def whole(value: Any) -> int | None:
    found = number(value)
    return None if found is None else int(found)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
