"""Who calls the API: an API key in the Authorization header, or a browser's session."""

from typing import ClassVar

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from accounts.models import ApiKey, User
from accounts.services import api_keys


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
        kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
        secret = secret.strip()
        if kind.lower() != "bearer" or not secret.startswith(api_keys.BEGINNING):
            return None
        key = api_keys.use_api_key(secret=secret)
        if key is None:
            raise AuthenticationFailed(_("This API key is unknown, revoked or expired."))
        return key.owner, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Classroom Downloader"'


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
