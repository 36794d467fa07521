"""Google as allauth sees it: addresses and client from the settings, scopes never from an URL."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialLogin, SocialToken
from allauth.socialaccount.providers.google.provider import GoogleProvider
from allauth.socialaccount.providers.google.views import GoogleOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from accounts.google.errors import GoogleError
from accounts.google.oauth import google_id, line, read_grant

_IDS = ("sub", "id")
_TEXTS = ("email", "name", "given_name", "family_name", "hd")
_FLAGS = ("email_verified", "verified_email")


class OAuthAdapter(GoogleOAuth2Adapter):  # type: ignore[misc]
    """allauth's reads the addresses when it is imported; these are read when they are used."""

    fetch_userinfo = False

    @property
    def access_token_url(self) -> str:
        return str(settings.GOOGLE.token)

    @property
    def authorize_url(self) -> str:
        return str(settings.GOOGLE.authorize)

    @property
    def identity_url(self) -> str:
        return str(settings.GOOGLE.userinfo)

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return settings.GOOGLE_REDIRECT_URI or str(super().get_callback_url(request, app))

    def get_access_token_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """An answer that is none is an error of Google's, not of ours."""
        try:
            told = super().get_access_token_data(*args, **kwargs)
        except (LookupError, TypeError, ValueError, RecursionError) as error:
            raise OAuth2Error("The token endpoint's answer cannot be read.") from error
        if not isinstance(told, dict):
            raise OAuth2Error("The token endpoint's answer is no object.")
        return told

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """With the scopes that Google granted, which allauth drops."""
        try:
            grant = read_grant(data)
        except GoogleError as error:
            raise OAuth2Error("The token endpoint's answer cannot be read.") from error
        token = SocialToken(token=grant.access_token, token_secret=grant.refresh_token)
        token.expires_at = timezone.now() + timedelta(seconds=grant.lifetime_seconds)
        token.granted_scopes = list(grant.scopes)
        return token

    def complete_login(self, *args: Any, **kwargs: Any) -> SocialLogin:
        try:
            return super().complete_login(*args, **kwargs)
        except (LookupError, TypeError, ValueError, RecursionError) as error:
            raise OAuth2Error("Google does not say who this is.") from error

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=settings.GOOGLE.certs,
            issuer=settings.GOOGLE.issuer,
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_pem_x509_certificate,
            verify_signature=not self.did_fetch_access_token,
        )
        return claims


class Google(GoogleProvider):  # type: ignore[misc]
    """What is asked of Google is decided here, not by whoever makes a link to the sign-in."""

    oauth2_adapter_class = OAuthAdapter

    def sociallogin_from_response(self, request: HttpRequest, response: Any) -> SocialLogin:
        return super().sociallogin_from_response(request, _claims(response))

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        return list(self.get_scope())

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        return dict(self.get_auth_params())


def _claims(told: Mapping[str, Any]) -> dict[str, Any]:
    """What is needed of Google's word on who this is, of the right type or not at all."""
    return {
        **{name: google_id(told[name]) for name in _IDS if name in told},
        **{name: line(told[name]) for name in _TEXTS if name in told},
        **{name: told[name] is True for name in _FLAGS if name in told},
    }


def google(request: HttpRequest) -> Google:
    return get_adapter(request).get_provider(request, Google.id)  # type: ignore[no-any-return]
