"""From Google's refusals to our codes."""

import requests

from accounts.google.errors import GoogleError, Reason
from core.children.addresses import BlockedAddress
from downloads.engines import failures
from downloads.engines.base import EngineError
from downloads.engines.codes import Code

# Google counts a file's downloads over a day: three attempts reach past its end.
QUOTA_SECONDS = 12 * 3600.0
# Calls are counted by the minute.
_PAUSE_SECONDS = 60.0

_CODES = {
    Reason.NEEDS_CONSENT: Code.CREDENTIAL_NEEDS_CONSENT,
    Reason.MISSING_SCOPE: Code.CREDENTIAL_MISSING_SCOPE,
    Reason.BLOCKED_BY_ADMIN: Code.SOURCE_NOT_DOWNLOADABLE,
    Reason.API_NOT_ENABLED: Code.INTERNAL,
    Reason.NO_ACCESS: Code.SOURCE_PRIVATE,
    Reason.GONE: Code.SOURCE_NOT_FOUND,
    Reason.NOT_DOWNLOADABLE: Code.SOURCE_NOT_DOWNLOADABLE,
    Reason.ABUSIVE: Code.SOURCE_NOT_DOWNLOADABLE,
    Reason.QUOTA: Code.SOURCE_QUOTA,
    Reason.RATE_LIMITED: Code.SOURCE_RATE_LIMITED,
    Reason.UNREACHABLE: Code.NETWORK_UNREACHABLE,
    Reason.UPSTREAM: Code.NETWORK_UNREACHABLE,
    Reason.INVALID: Code.INTERNAL,
}
_FOR_GOOD = (Reason.API_NOT_ENABLED, Reason.INVALID)
_TIMEOUTS = (requests.ConnectTimeout.__name__, requests.ReadTimeout.__name__)


def explain(error: GoogleError) -> EngineError:
    for one in failures.chain(error):
        if isinstance(one, BlockedAddress):
            return EngineError(Code.NETWORK_BLOCKED_ADDRESS, str(one))
    return EngineError(
        _code(error),
        f"Google: {error.detail}",
        retryable=False if error.reason in _FOR_GOOD else None,
        retry_after=_retry_after(error),
    )


def _code(error: GoogleError) -> Code:
    if error.status == 410:
        return Code.SOURCE_REMOVED
    if error.reason is Reason.UNREACHABLE and error.detail in _TIMEOUTS:
        return Code.NETWORK_TIMEOUT
    return _CODES[error.reason]


def _retry_after(error: GoogleError) -> float | None:
    if error.reason is Reason.QUOTA:
        return max(QUOTA_SECONDS, error.retry_after or 0.0)
    if error.reason is Reason.RATE_LIMITED:
        return error.retry_after or _PAUSE_SECONDS
    return error.retry_after if error.is_transient else None
