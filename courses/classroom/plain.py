"""Single values of Google's answers, which are never trusted: of the right type, or nothing."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from core import links
from core.text import printable

_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
_DRIVE_ID = re.compile(r"[\w-]{1,200}", re.ASCII)
_RESOURCE_KEY = re.compile(r"[\w-]{1,100}", re.ASCII)


def text(value: Any, length: int) -> str:
    """One that the database takes, cut to the column's length."""
    return printable(value[: 2 * length]).strip()[:length] if isinstance(value, str) else ""


def line(value: Any, length: int) -> str:
    """The same without line breaks."""
    return " ".join(text(value, length).split()) if isinstance(value, str) else ""


def google_id(value: Any) -> str:
    """Classroom's id of a course, coursework, topic or person; "" if it cannot be one."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


def drive_id(value: Any) -> str:
    return value if isinstance(value, str) and _DRIVE_ID.fullmatch(value) else ""


def address(value: Any) -> str:
    """A web address that may be shown as a link; "" for javascript:, names and passwords …"""
    if not isinstance(value, str):
        return ""
    try:
        links.split(value)
    except links.LinkError:
        return ""
    return value.strip()


def resource_key(url: str) -> str:
    """What a Drive link brings along for files that were shared by link before 2021."""
    try:
        found = parse_qs(urlsplit(url).query).get("resourcekey", [""])[0]
    except ValueError:
        return ""
    return key_of(found)


def key_of(value: Any) -> str:
    return value if isinstance(value, str) and _RESOURCE_KEY.fullmatch(value) else ""


def moment(value: Any) -> datetime | None:
    """An RFC 3339 time; None for what is none."""
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    if not 1970 < found.year < 3000:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def number(value: Any) -> int | None:
    """Google writes 64-bit numbers as texts."""
    if not isinstance(value, int | str) or isinstance(value, bool):
        return None
    try:
        found = int(str(value)[:20])
    except ValueError:
        return None
    return found if 0 <= found < 1 << 63 else None


def mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
