"""Log lines carry the request's id and no secrets."""

import logging
import re
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")

_HIDDEN = "[…]"
_LONGEST_MESSAGE = 8192
_NAMED = re.compile(
    r"""(?ix) ((?:password|passwd|secret(?:_key)?|token|\botp|(?:api|encryption)[_-]?key)
    ["']? \s* [:=] \s*)
    (?: "[^"\n]*(?:"|\Z) | '[^'\n]*(?:'|\Z) | [^\s"',&;}]+ )"""
)
_HEADER = re.compile(r"(?i)(\b(?:authorization|cookie|set-cookie)[\"']?\s*[:=]\s*[\"']?)[^\"'\n]+")
_SHAPED = re.compile(r"\b(cdk_|ya29\.|1//|eyJ[\w-]{8,}\.)[\w.-]+")  # the last: a JWT
_IN_URL = re.compile(r"(://[^/\s:@]*:)[^@\s/]+(?=@)")
# Whoever knows one of these addresses may use it.
_SECRET_PATH = re.compile(r"(/(?:connect|setup|confirm-email|password/reset/key)/)[\w:.-]{16,}")
_LINE_ENDS = str.maketrans({"\n": "\\n", "\r": "\\r", "\x0b": "\\v", "\x0c": "\\f", "\x1b": "␛"})


def redacted(text: str) -> str:
    """`text` without what looks like a secret."""
    text = _NAMED.sub(rf"\1{_HIDDEN}", text)
    text = _HEADER.sub(rf"\1{_HIDDEN}", text)
    text = _SHAPED.sub(rf"\1{_HIDDEN}", text)
    text = _SECRET_PATH.sub(rf"\1{_HIDDEN}", text)
    return _IN_URL.sub(rf"\1{_HIDDEN}", text)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_MESSAGE else f"{text[:_LONGEST_MESSAGE]}…"


class RedactingFilter(logging.Filter):
    """Puts the request id on the record, and blackens its message and its traceback.

    Line ends in a message are written out, so that nobody forges a line.
    """

    _traceback = logging.Formatter().formatException

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        message = record.getMessage()
        clean = redacted(_shortened(message)).translate(_LINE_ENDS)
        if clean != message:
            record.msg, record.args = clean, None
        if record.exc_info and not record.exc_text:
            record.exc_text = redacted(self._traceback(record.exc_info))
        return True
