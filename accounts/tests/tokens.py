"""Tokens for tests: asked for at the door, or forged."""

from typing import Any

import jwt
from django.conf import settings
from django.test import Client

from accounts.models import User
from accounts.services import api_sessions
from accounts.services.api_sessions import Tokens

LOGIN = "/api/v1/auth/login"
REFRESH = "/api/v1/auth/refresh"
LOGOUT = "/api/v1/auth/logout"
PROFILE = "/api/v1/auth/profile"


def tokens_of(user: User) -> Tokens:
    return api_sessions.begin(user=user, address="203.0.113.7", agent="portal/1")


def bearer(token: str, **how: Any) -> Client:
    return Client(headers={"Authorization": f"Bearer {token}"}, **how)


def post(client: Client, path: str, **body: Any) -> Any:
    return client.post(path, body, "application/json")


def refresh(token: str) -> Any:
    return post(Client(), REFRESH, refresh_token=token)


def claims_of(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def signed(claims: dict[str, Any], *, key: str = "", **how: Any) -> str:
    """What our own key, or another one, would make of these claims."""
    given = {"algorithm": "HS256", **how}
    return jwt.encode(claims, key or settings.JWT_SECRET_KEY, **given)
