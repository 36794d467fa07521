"""Text from strangers, made fit to store: no control characters, bounded length."""

import re
from typing import Any

LARGEST = 2**63 - 1  # of what a database has room for
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
    """A number from zero to what can be stored; None for any other, and for infinity."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= LARGEST else None


def whole(value: Any) -> int | None:
    return None if number(value) is None else min(int(value), LARGEST)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
