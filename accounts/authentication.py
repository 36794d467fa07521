"""Who calls the API: an API key in the Authorization header, or a browser's session."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from accounts.models import ApiKey, User
from accounts.services import api_keys


class ApiKeyAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer cdk_…`. A key that opens nothing is refused, not passed over."""

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

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied as failure:
            raise PermissionDenied(str(failure.detail), code="csrf_failed") from None


class ApiKeyScheme(OpenApiAuthenticationExtension):
    """How the key is described in the OpenAPI document, with the scope each operation needs."""

    target_class = "accounts.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "cdk_…",
            "description": "An API key with the scope the operation names.",
        }

    def get_security_requirement(self, auto_schema: Any) -> dict[str, list[str]]:
        scope = auto_schema.view.scopes.get(auto_schema.method)
        return {self.name: [scope] if scope else []}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "The cookie of a signed-in browser; changes need X-CSRFToken too.",
        }
