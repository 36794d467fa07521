"""Google's token, tokeninfo and revoke addresses. https://developers.google.com/identity/protocols/oauth2/web-server"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from accounts.google.endpoints import Endpoints
from accounts.google.errors import GoogleError, Reason, of_answer
from core.text import printable

_TIMEOUT = (5.0, 10.0)
_LIFETIME_SECONDS = 3600
_LONGEST_SECONDS = 24 * 3600
_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
_LONGEST_LINE = 255
_LONGEST_SCOPES = 10_000
# The grant is dead: only its owner can give a new one.
_DEAD = {"invalid_grant", "unauthorized_client", "admin_policy_enforced"}


@dataclass(frozen=True, slots=True)
class Grant:
    """What Google's token endpoint gives. `refresh_token` is "" when it sends none."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    lifetime_seconds: int
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """Whose grant it is. `sub` never changes; the address may."""

    sub: str
    email: str
    name: str = ""
    hosted_domain: str = ""


@dataclass(frozen=True, slots=True)
class TokenInfo:
    audience: str
    sub: str
    email: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OAuth:
    """The addresses as one client of Google's sees them, over a given session."""

    session: requests.Session
    endpoints: Endpoints
    client_id: str
    client_secret: str = field(repr=False)

    def refresh(self, refresh_token: str) -> Grant:
        """A new access token.

        :raises GoogleError: NEEDS_CONSENT for a dead grant, INVALID for a client that Google does
            not accept, or a transient one
        """
        form = {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        return read_grant(self._ask("POST", self.endpoints.token, data=form))

    def token_info(self, access_token: str) -> TokenInfo:
        """Whose token it is, and for whom it was issued.

        :raises GoogleError: NEEDS_CONSENT for a token that is none any more, or a transient one
        """
        told = self._ask("GET", self.endpoints.tokeninfo, params={"access_token": access_token})
        return TokenInfo(
            audience=line(told.get("aud")),
            sub=google_id(told.get("sub")),
            email=line(told.get("email")),
            scopes=scopes_in(told.get("scope")),
        )

    def revoke(self, token: str) -> None:
        """End the whole grant, for every token of it; a dead token is as good as revoked.

        :raises GoogleError: Google cannot be told
        """
        try:
            self._ask("POST", self.endpoints.revoke, data={"token": token})
        except GoogleError as error:
            if error.reason != Reason.NEEDS_CONSENT:
                raise

    def _ask(self, method: str, url: str, **what: Any) -> dict[str, Any]:
        try:
            response = self.session.request(
                method, url, timeout=_TIMEOUT, allow_redirects=False, **what
            )
        except requests.RequestException as error:
            # Its text may hold the address, and that a token.
            raise GoogleError(Reason.UNREACHABLE, type(error).__name__) from None
        if response.status_code != 200:
            raise _refusal(response)
        told = _json(response)
        if told is None:
            raise GoogleError(Reason.UPSTREAM, "The answer is not JSON.")
        return told


def read_grant(told: Mapping[str, Any]) -> Grant:
    """:raises GoogleError: UPSTREAM, it is none"""
    access_token, refresh_token = told.get("access_token"), told.get("refresh_token")
    if not isinstance(access_token, str) or not access_token:
        raise GoogleError(Reason.UPSTREAM, "The answer holds no token.")
    return Grant(
        access_token=access_token,
        refresh_token=refresh_token if isinstance(refresh_token, str) else "",
        lifetime_seconds=lifetime_of(told.get("expires_in")),
        scopes=scopes_in(told.get("scope")),
    )


def google_id(value: Any) -> str:
    """Of an account; "" for what cannot be one."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


def line(value: Any) -> str:
    """A text that the database takes, in one line; "" for what is none."""
    return " ".join(printable(value[:_LONGEST_LINE]).split()) if isinstance(value, str) else ""


def scopes_in(value: Any) -> tuple[str, ...]:
    return tuple(printable(value[:_LONGEST_SCOPES]).split()) if isinstance(value, str) else ()


def lifetime_of(seconds: Any) -> int:
    """An hour for what is none; never more than a day."""
    try:
        return min(max(int(seconds), 0), _LONGEST_SECONDS) or _LIFETIME_SECONDS
    except (TypeError, ValueError, OverflowError):
        return _LIFETIME_SECONDS


def _refusal(response: requests.Response) -> GoogleError:
    """OAuth's refusals are `{"error": "a_word"}`, unlike those of the APIs (RFC 6749, 5.2)."""
    word = (_json(response) or {}).get("error")
    status = response.status_code
    if not isinstance(word, str) or status >= 500 or status == 429:
        return of_answer(status, response.content, response.headers)
    dead = word in _DEAD or word == "invalid_token"
    return GoogleError(Reason.NEEDS_CONSENT if dead else Reason.INVALID, word, status=status)


def _json(response: requests.Response) -> dict[str, Any] | None:
    try:
        told = response.json()
    except (ValueError, RecursionError):  # deeper than any answer is
        return None
    return told if isinstance(told, dict) else None
