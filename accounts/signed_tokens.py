"""The tokens of the API as JWTs: made and read, without asking what has become of them.

Only HS256 is spoken, whatever a token says of itself; a key it names is never looked for.
"""

import secrets
import time
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import jwt
from django.conf import settings

ISSUER = "classroom-downloader"
AUDIENCE = "classroom-downloader-api"
LONGEST = 2048
CLOCKS_DIFFER_SECONDS = 5
_ALGORITHM = "HS256"
_NEEDED = ["iss", "aud", "typ", "sub", "sid", "jti", "iat", "nbf", "exp"]


class Kind(StrEnum):
    """One kind of token never passes for the other."""

    ACCESS = "access"
    REFRESH = "refresh"


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says: whose it is, of which session, and which one of it."""

    user_id: int
    session: UUID
    token_id: str


def new_id() -> str:
    return secrets.token_hex(16)


def make(kind: Kind, claims: Claims, *, seconds: int) -> str:
    now = int(time.time())
    said = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "typ": kind.value,
        "sub": str(claims.user_id),
        "sid": str(claims.session),
        "jti": claims.token_id,
        "iat": now,
        "nbf": now,
        "exp": now + seconds,
    }
    return jwt.encode(said, settings.JWT_SECRET_KEY, algorithm=_ALGORITHM)


def read(kind: Kind, token: str) -> Claims | None:
    """What it says; None for one that is not ours, not of this kind, or not good at this time."""
    if len(token) > LONGEST:
        return None
    try:
        said = jwt.decode(
            token,
            settings.JWT_SECRET_KEY,
            algorithms=[_ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            leeway=CLOCKS_DIFFER_SECONDS,
            options={"require": _NEEDED},
        )
        if said["typ"] != kind.value:
            return None
        return Claims(int(said["sub"]), UUID(said["sid"]), str(said["jti"]))
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError, RecursionError):
        return None
