"""Whether a value would be taken, said before it is sent. Nothing is fetched or kept."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise
from rest_framework.exceptions import APIException

from core.errors import ExpectedError, Invalid
from core.links import MEDIA_EXTENSIONS
from core.parsing import JsonParser
from downloads.models import Format, Quality
from downloads.services import limits, requests

LONGEST_TEXT = 500


class Kind(StrEnum):
    URL = "url"
    FILE_TYPE = "file_type"
    QUALITY = "quality"
    FORMAT = "format"
    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Finding:
    """`normalised` is how the value would be kept; `code` and `message` say what is wrong."""

    valid: bool
    normalised: str | None = None
    code: str | None = None
    message: StrOrPromise | None = None


def validate(*, kind: Kind, value: str) -> Finding:
    try:
        return Finding(valid=True, normalised=_CHECKS[kind](value))
    except ExpectedError as problem:
        return Finding(valid=False, code=problem.code, message=problem.message)


def _url(value: str) -> str:
    return requests.recognise(value).url_normalised


def _file_type(value: str) -> str:
    """Of a file's name, or the mere ending."""
    ending = value.strip().rpartition(".")[2].lower()
    if ending not in (limits.current().allowed_extensions or MEDIA_EXTENSIONS):
        raise Invalid(_("Files of this type are not fetched here."), code="file_type_not_allowed")
    return ending


def _quality(value: str) -> str:
    return _choice(value, Quality.values)


def _format(value: str) -> str:
    return _choice(value, Format.values)


def _choice(value: str, choices: list[str]) -> str:
    if value not in choices:
        raise Invalid(_("Choose one of: %s.") % ", ".join(choices), code="invalid_choice")
    return value


def _text(value: str) -> str:
    """As a title or a name is taken."""
    plain = value.strip()
    if not plain:
        raise Invalid(_("There is nothing in it."), code="blank")
    if len(plain) > LONGEST_TEXT:
        raise Invalid(_("At most %s characters.") % LONGEST_TEXT, code="max_length")
    if any(not (letter.isprintable() or letter in "\n\t") for letter in plain):
        raise Invalid(_("There are characters in it that cannot be kept."), code="bad_characters")
    return plain


def _json(value: str) -> str:
    try:
        parsed = JsonParser().parse(BytesIO(value.encode()))
    except APIException as problem:
        raise Invalid(str(problem.detail), code="parse_error") from None
    return json.dumps(parsed, ensure_ascii=False, separators=(",", ":"))


_CHECKS: dict[Kind, Callable[[str], str]] = {
    Kind.URL: _url,
    Kind.FILE_TYPE: _file_type,
    Kind.QUALITY: _quality,
    Kind.FORMAT: _format,
    Kind.TEXT: _text,
    Kind.JSON: _json,
}
