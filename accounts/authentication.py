"""Who calls the API: an API key or a token in the Authorization header, or a browser's session."""

from typing import ClassVar

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from accounts.models import ApiKey, ApiSession, User
from accounts.services import api_keys, api_sessions
from core import circumstances
from core.circumstances import Means

_CHALLENGE = 'Bearer realm="Classroom Downloader"'


class ApiKeyAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer cdk_…`. A key that opens nothing is refused, not passed over."""

    scheme_name: ClassVar = "apiKey"
    scheme: ClassVar = {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "cdk_…",
        "description": "An API key that has the scope the operation names.",
    }

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        secret = bearer(request.headers.get("Authorization", ""))
        if not secret.startswith(api_keys.BEGINNING):
            return None
        key = api_keys.use_api_key(secret=secret)
        if key is None:
            raise AuthenticationFailed(_("This API key is unknown, revoked or expired."))
        circumstances.came_by(Means.KEY, key.prefix)
        return key.owner, key

    def authenticate_header(self, request: Request) -> str:
        return _CHALLENGE


class JwtAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer <access token>`: the person themselves, signed in by a program."""

    scheme_name: ClassVar = "token"
    scheme: ClassVar = {
        "type": "oauth2",
        "flows": {
            "password": {
                "tokenUrl": "/api/v1/auth/token",
                "refreshUrl": "/api/v1/auth/refresh",
                "scopes": {},
            }
        },
        "description": "An access token of a sign-in; it may do what the person may.",
    }

    def authenticate(self, request: Request) -> tuple[User, ApiSession] | None:
        token = bearer(request.headers.get("Authorization", ""))
        if not token or token.startswith(api_keys.BEGINNING):
            return None
        session = api_sessions.read_access(token)
        if session is None:
            refused = _("This access token is not good, or no longer. Renew it or sign in again.")
            raise AuthenticationFailed(refused, code="invalid_token")
        circumstances.came_by(Means.TOKEN, str(session))
        return session.owner, session

    def authenticate_header(self, request: Request) -> str:
        return _CHALLENGE


class SessionAuthentication(authentication.SessionAuthentication):
    """The pages' own session, for scripts of ours and Swagger UI; changes need a CSRF token."""

    scheme_name: ClassVar = "session"
    scheme: ClassVar = {
        "type": "apiKey",
        "in": "cookie",
        "name": settings.SESSION_COOKIE_NAME,
        "description": "The cookie of a signed-in browser; changes need X-CSRFToken too.",
    }

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied as failure:
            raise PermissionDenied(str(failure.detail), code="csrf_failed") from None


def bearer(header: str) -> str:
    """The secret of an Authorization header, "" where it carries none."""
    kind, _space, secret = header.partition(" ")
    return secret.strip() if kind.lower() == "bearer" else ""
