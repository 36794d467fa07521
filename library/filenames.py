"""Titles as file names every system takes, and as headers no browser misreads. No I/O."""

import re
import unicodedata
from urllib.parse import quote

LONGEST_BYTES = 255
FALLBACK = "video"

# Marks that turn the direction of text around, so that a name shows another extension than it has.
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_UNFIT = re.compile(r'[<>:"/\\|?*;%]')
# What Windows keeps for devices, with or without an extension.
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(\.|\Z)")
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,10}\Z")


def safe_filename(name: str) -> str:
    """`name` without what some file system or terminal stumbles over; its extension stays."""
    extension = found[0] if (found := _EXTENSION.search(name)) else ""
    stem = _TURNS.sub("", unicodedata.normalize("NFC", name.removesuffix(extension)))
    stem = "".join(" " if _is_control(letter) else letter for letter in stem)
    stem = " ".join(_UNFIT.sub("_", stem).split()).strip(". ") or FALLBACK
    if _RESERVED.match(stem):
        stem = f"_{stem}"
    return _shortened(stem, LONGEST_BYTES - len(extension)) + extension


def disposition(name: str, *, attachment: bool) -> str:
    """A Content-Disposition header (RFC 6266): the name in ASCII, then as it is."""
    name = safe_filename(name)
    kind = "attachment" if attachment else "inline"
    return f"{kind}; filename=\"{_ascii(name)}\"; filename*=UTF-8''{quote(name, safe='')}"


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = re.sub(r"[^\x20-\x7e]+", "_", plain)
    return _UNFIT.sub("_", plain)


def _is_control(letter: str) -> bool:
    """Line ends, control characters, halves of surrogate pairs, byte order marks."""
    category = unicodedata.category(letter)
    return category in {"Cc", "Cs", "Zl", "Zp"} or letter == "\ufeff"


def _shortened(text: str, limit: int) -> str:
    return text.encode()[:limit].decode(errors="ignore").rstrip(". ")
