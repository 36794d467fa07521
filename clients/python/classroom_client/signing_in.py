"""A person's own tokens instead of an API key: they are renewed before and when they run out."""

import threading
import time
from typing import Any

from classroom_client.transport import Transport

_EARLY_SECONDS = 30


class SignedIn:
    """Access and refresh token of one sign-in; many threads may use it."""

    def __init__(self, transport: Transport, tokens: dict[str, Any]) -> None:
        self._transport = transport
        self._lock = threading.Lock()
        self._take(tokens)

    def token(self) -> str:
        with self._lock:
            if time.monotonic() > self._good_until:
                self._renew()
            return self._access

    def renew(self, refused: str) -> bool:
        with self._lock:
            if self._access == refused:  # else another thread has renewed it
                self._renew()
            return True

    def end(self) -> None:
        with self._lock:
            _ask(self._transport, "/auth/logout", refresh_token=self._refresh)

    def _renew(self) -> None:
        answer = _ask(self._transport, "/auth/refresh", refresh_token=self._refresh)
        self._take(answer.json())

    def _take(self, tokens: dict[str, Any]) -> None:
        self._access: str = tokens["access_token"]
        self._refresh: str = tokens["refresh_token"]
        self._good_until = time.monotonic() + tokens["expires_in"] - _EARLY_SECONDS


def sign_in(transport: Transport, *, login: str, password: str, otp: str = "") -> SignedIn:
    body = {"login": login, "password": password, **({"otp": otp} if otp else {})}
    return SignedIn(transport, _ask(transport, "/auth/login", **body).json())


def _ask(transport: Transport, path: str, **body: str) -> Any:
    """Without the identity: its token is what is being made."""
    anonymous = Transport(transport.url, timeout=transport.timeout, tries=1)
    try:
        return anonymous.request("POST", path, json=body)
    finally:
        anonymous.close()
