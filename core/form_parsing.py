"""Reads HTML forms, where a standard asks for them: OAuth2's tokens are asked for like that."""

from collections.abc import Mapping
from typing import IO, Any

from django.core.exceptions import TooManyFieldsSent
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from core.parsing import TooLarge

MAX_FORM_BYTES = 10_000


class FormParser(BaseParser):
    """A form in UTF-8 with each name once, as if its fields had come in a JSON object."""

    media_type = "application/x-www-form-urlencoded"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, str]:
        body = stream.read(MAX_FORM_BYTES + 1)
        if len(body) > MAX_FORM_BYTES:
            raise TooLarge(_("A form may have at most 10 kB."))
        try:
            fields = QueryDict(body.decode())
        except (UnicodeError, TooManyFieldsSent) as failure:
            raise ParseError(_("The body is not a form in UTF-8.")) from failure
        if any(len(values) > 1 for _name, values in fields.lists()):
            raise ParseError(_("A name occurs twice in the form."))
        return fields.dict()
