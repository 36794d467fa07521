"""Client of the Classroom Downloader API: queue, follow and fetch the videos of a school."""

from classroom_client.client import Client
from classroom_client.errors import (
    ApiError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    SecondFactorRequired,
    TooLong,
    TooMany,
    Unauthenticated,
    Unavailable,
    Unreachable,
)

__all__ = [
    "ApiError",
    "Client",
    "Conflict",
    "Forbidden",
    "Invalid",
    "NotFound",
    "SecondFactorRequired",
    "TooLong",
    "TooMany",
    "Unauthenticated",
    "Unavailable",
    "Unreachable",
]
