"""What Google's refusals mean. Bodies: https://cloud.google.com/apis/design/errors"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.text import printable

_DETAIL_LENGTH = 500


class Reason(StrEnum):
    """The closed list of what can go wrong with a call."""

    NEEDS_CONSENT = "needs_consent"  # the grant is dead; only its owner can renew it
    MISSING_SCOPE = "missing_scope"
    BLOCKED_BY_ADMIN = "blocked_by_admin"  # the school's administrator has to allow us
    API_NOT_ENABLED = "api_not_enabled"  # the operator has to, in the Cloud project
    NO_ACCESS = "no_access"
    GONE = "gone"
    NOT_DOWNLOADABLE = "not_downloadable"
    ABUSIVE = "abusive"
    QUOTA = "quota"  # of a day or a file: hours, not seconds
    RATE_LIMITED = "rate_limited"
    UNREACHABLE = "unreachable"
    UPSTREAM = "upstream"  # 5xx, or an answer that is none
    INVALID = "invalid"  # we asked wrongly


TRANSIENT = frozenset({Reason.RATE_LIMITED, Reason.UNREACHABLE, Reason.UPSTREAM})

_BY_WORD = {
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": Reason.MISSING_SCOPE,
    "insufficientPermissions": Reason.MISSING_SCOPE,
    "insufficientScopes": Reason.MISSING_SCOPE,
    "ClassroomApiDisabled": Reason.BLOCKED_BY_ADMIN,
    "ClassroomDisabled": Reason.BLOCKED_BY_ADMIN,
    "domainPolicy": Reason.BLOCKED_BY_ADMIN,
    "SERVICE_DISABLED": Reason.API_NOT_ENABLED,
    "accessNotConfigured": Reason.API_NOT_ENABLED,
    "userRateLimitExceeded": Reason.RATE_LIMITED,
    "rateLimitExceeded": Reason.RATE_LIMITED,
    "RATE_LIMIT_EXCEEDED": Reason.RATE_LIMITED,
    "sharingRateLimitExceeded": Reason.RATE_LIMITED,
    "downloadQuotaExceeded": Reason.QUOTA,
    "dailyLimitExceeded": Reason.QUOTA,
    "quotaExceeded": Reason.QUOTA,
    "cannotDownloadFile": Reason.NOT_DOWNLOADABLE,
    "fileNotDownloadable": Reason.NOT_DOWNLOADABLE,
    "exportSizeLimitExceeded": Reason.NOT_DOWNLOADABLE,
    "cannotDownloadAbusiveFile": Reason.ABUSIVE,
    "notFound": Reason.GONE,
}
_BY_STATUS = {
    400: Reason.INVALID,
    401: Reason.NEEDS_CONSENT,
    403: Reason.NO_ACCESS,
    404: Reason.GONE,
    410: Reason.GONE,
    429: Reason.RATE_LIMITED,
}


@dataclass(frozen=True, slots=True)
class _Told:
    words: tuple[str, ...]
    message: str


class GoogleError(Exception):
    """A call that Google refused, or did not answer. `retry_after` is in seconds."""

    def __init__(
        self,
        reason: Reason,
        detail: str = "",
        *,
        status: int = 0,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = printable(detail[:_DETAIL_LENGTH])
        self.status = status
        self.retry_after = retry_after

    @property
    def is_transient(self) -> bool:
        return self.reason in TRANSIENT


def of_answer(status: int, body: bytes | str, headers: Mapping[str, str]) -> GoogleError:
    """What an answer of 400 or more means; the most telling of its many words decides."""
    told = _read(body)
    reason = next((_BY_WORD[word] for word in told.words if word in _BY_WORD), None)
    if reason is None:
        reason = _BY_STATUS.get(status, Reason.UPSTREAM if status >= 500 else Reason.INVALID)
    return GoogleError(
        reason, told.message or f"HTTP {status}", status=status, retry_after=_seconds(headers)
    )


def _read(body: bytes | str) -> _Told:
    """Reasons in the order in which Google is precise: details, @Token, errors, status."""
    try:
        error = json.loads(body)["error"]
        message = str(error.get("message", ""))
        words = [str(one.get("reason", "")) for one in _dicts(error.get("details"))]
        if message.startswith("@"):
            words.append(message[1:].split(" ", 1)[0])
        words += [str(one.get("reason", "")) for one in _dicts(error.get("errors"))]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return _Told((), "")
    return _Told(tuple(words), message)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _seconds(headers: Mapping[str, str]) -> float | None:
    """Retry-After in seconds; Google sends no dates."""
    try:
        return max(0.0, min(float(headers.get("Retry-After", "")), 3600.0))
    except ValueError:
        return None
