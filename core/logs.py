"""Log lines carry the request's id and no secrets."""

import logging
import re
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")

_SECRETS = re.compile(
    r"(?i)((?:authorization|password|secret|token|cookie|api[_-]?key)[\"']?\s*[:=]\s*[\"']?"
    r"(?:bearer\s+)?)([^\s\"',&;]+)|\b(cdk_|ya29\.|1//)[\w.-]+|(://[^/\s:@]*:)([^@\s/]+)(?=@)"
)


def _blacken(found: re.Match[str]) -> str:
    return f"{found[1] or found[3] or found[4] or ''}[…]"


class RedactingFilter(logging.Filter):
    """Puts the request id on the record and blackens what looks like a secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        message = record.getMessage()
        redacted = _SECRETS.sub(_blacken, message).replace("\n", "\\n")
        if redacted != message:
            record.msg, record.args = redacted, None
        return True
