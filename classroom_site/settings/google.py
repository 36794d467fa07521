"""The Google project this installation signs in and reads Classroom with."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from accounts.google.endpoints import endpoints
from classroom_site.settings import env


def _origin(address: str) -> str:
    try:
        parts = urlsplit(address)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if address and (not good or parts.path.strip("/") or parts.query or parts.username):
        raise ImproperlyConfigured("GOOGLE_ROOT_URL must be an origin such as http://host:port")
    return address.rstrip("/")


GOOGLE_CLIENT_ID = env.text("GOOGLE_CLIENT_ID")
GOOGLE_CLIENT_SECRET = env.text("GOOGLE_CLIENT_SECRET")
GOOGLE_REDIRECT_URI = env.text("GOOGLE_REDIRECT_URI")
GOOGLE_ROOT_URL = _origin(env.text("GOOGLE_ROOT_URL"))
GOOGLE = endpoints(GOOGLE_ROOT_URL)
GOOGLE_CALLS_PER_SECOND = env.number("GOOGLE_CALLS_PER_SECOND")
CONNECT_RETURN_ORIGINS = env.words("CONNECT_RETURN_ORIGINS")
SYNC_INTERVAL_MINUTES = env.number("SYNC_INTERVAL_MINUTES")
# The page that shows what an account just connected brings; it stands above the accounts.
CONNECTED_URL = "courses:list"

SOCIALACCOUNT_ADAPTER = "accounts.adapters.SocialAccountAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = False
# Whose address Google vouches for is decided by the adapter, as are client and addresses.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = {
    "google": {
        "SCOPE": ["openid", "email", "profile"],
        "AUTH_PARAMS": {"access_type": "online", "prompt": "select_account"},
        "OAUTH_PKCE_ENABLED": True,
    }
}
