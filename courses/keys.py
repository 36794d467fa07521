"""How an address names a course or coursework: by our number, or by Google's id."""

from typing import Any

from django.urls import register_converter

GOOGLE = "google:"
PATTERN = r"[1-9][0-9]{0,17}|google:[A-Za-z0-9_-]{1,64}"

Key = int | str


def lookup(key: Key) -> dict[str, Any]:
    """The filter that finds what `key` names."""
    text = str(key)
    if text.startswith(GOOGLE):
        return {"google_id": text.removeprefix(GOOGLE)}
    return {"id": int(text)}


class KeyConverter:
    """`<key:course_id>` in an address: 42 or google:7183."""

    regex = PATTERN

    def to_python(self, value: str) -> Key:
        return value if value.startswith(GOOGLE) else int(value)

    def to_url(self, value: Key) -> str:
        return str(value)


register_converter(KeyConverter, "key")
