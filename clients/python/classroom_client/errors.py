"""What can go wrong. A refusal of the API has a stable code; decide by that or by the class."""

from collections.abc import Mapping
from typing import Any


class Unreachable(Exception):
    """The site did not answer at all, or not in time."""


class TooLong(Exception):
    """What was waited for did not happen in time; it goes on over there."""


class ApiError(Exception):
    """The API refused (RFC 9457)."""

    def __init__(self, problem: Mapping[str, Any], *, retry_after: float | None = None) -> None:
        self.status: int = problem["status"]
        self.code: str = problem["code"]
        self.detail: str = problem["detail"]
        self.errors: list[dict[str, Any]] = list(problem.get("errors", []))
        self.request_id: str = problem.get("request_id", "-")
        self.retry_after = retry_after
        super().__init__(f"{self.status} {self.code}: {self.detail} (request {self.request_id})")


class Invalid(ApiError):
    """The input is wrong: `errors` says which field."""


class Unauthenticated(ApiError):
    """The key or token opens nothing (any more)."""


class SecondFactorRequired(Unauthenticated):
    """Sign in again with the code of the second factor."""


class Forbidden(ApiError):
    """Known, but not allowed to: often a scope the key lacks."""


class NotFound(ApiError):
    """Not there, or somebody else's."""


class Conflict(ApiError):
    """The state of the thing does not allow this."""


class TooMany(ApiError):
    """Too often: wait for `retry_after` seconds."""


class Unavailable(ApiError):
    """Away for now: wait for `retry_after` seconds."""


_BY_STATUS: dict[int, type[ApiError]] = {
    400: Invalid,
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    422: Invalid,
    429: TooMany,
    503: Unavailable,
}


def refusal(problem: Mapping[str, Any], *, retry_after: float | None = None) -> ApiError:
    """The error for a problem the API answered."""
    kind = _BY_STATUS.get(problem["status"], ApiError)
    if problem["code"] == "second_factor_required":
        kind = SecondFactorRequired
    return kind(problem, retry_after=retry_after)
