"""By which means, and from where, something is being done: what the audit trail writes down."""

from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum


class Means(StrEnum):
    PAGE = "page"
    ADMIN = "admin"
    API = "api"  # a browser's session at the API
    KEY = "api_key"
    TOKEN = "token"  # noqa: S105 - a JWT
    SOCKET = "socket"
    JOB = "job"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """`detail` names the key or the session that was used, never its secret."""

    means: Means
    address: str = ""
    agent: str = ""
    detail: str = ""


_current: ContextVar[Circumstances | None] = ContextVar("circumstances", default=None)
_of_this_process = Circumstances(Means.COMMAND)


def now() -> Circumstances:
    return _current.get() or _of_this_process


def begin(given: Circumstances) -> None:
    """For the rest of this request."""
    _current.set(given)


def came_by(means: Means, detail: str = "") -> None:
    """It has turned out how this request signs in."""
    _current.set(replace(now(), means=means, detail=detail))


def set_process(means: Means) -> None:
    """What is done outside any request: a worker's jobs, or an operator's command."""
    global _of_this_process
    _of_this_process = Circumstances(means)
