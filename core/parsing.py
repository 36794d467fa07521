"""Reads JSON bodies, and nothing that merely resembles them."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

MAX_BODY_BYTES = 1_000_000


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"


class JsonParser(BaseParser):
    """JSON as RFC 8259 has it: UTF-8, no NaN, each name once, and at most a megabyte."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read(MAX_BODY_BYTES + 1)
        if len(body) > MAX_BODY_BYTES:
            raise TooLarge(_("The body may have at most 1 MB."))
        try:
            parsed = json.loads(
                body.decode("utf-8-sig"),
                parse_constant=_refuse_constant,
                object_pairs_hook=_each_name_once,
            )
            # What cannot be written again (half a surrogate pair, 1e999) must not come further.
            json.dumps(parsed, ensure_ascii=False, allow_nan=False).encode()
        except (ValueError, RecursionError) as failure:
            raise ParseError(_("The body is not valid JSON: %s") % _reason(failure)) from failure
        return parsed


def _reason(failure: ValueError | RecursionError) -> str:
    if isinstance(failure, RecursionError):
        return "nested too deeply"
    if isinstance(failure, UnicodeError):
        return "not UTF-8"
    return str(failure)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice in one object")
    return found
