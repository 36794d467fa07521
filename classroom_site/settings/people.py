"""Who may have an account, how often anything may be tried, and what tokens live for."""

import hashlib

from corsheaders.defaults import default_headers
from django.core.exceptions import ImproperlyConfigured

from classroom_site.settings import env
from classroom_site.settings.base import SECRET_KEY

SIGN_UP = env.text("SIGN_UP")
SIGN_UP_DOMAINS = [domain.lower().lstrip("@") for domain in env.words("SIGN_UP_DOMAINS")]
if SIGN_UP not in {"closed", "open", "domains"}:
    raise ImproperlyConfigured(f"SIGN_UP must be closed, open or domains, not {SIGN_UP!r}")
if SIGN_UP == "domains" and not SIGN_UP_DOMAINS:
    raise ImproperlyConfigured("SIGN_UP=domains needs SIGN_UP_DOMAINS")

STAFF_NEED_SECOND_FACTOR = env.flag("STAFF_NEED_SECOND_FACTOR")
MAX_LOGIN_ATTEMPTS = env.number("MAX_LOGIN_ATTEMPTS")
MAX_LOGIN_ATTEMPTS_PER_ADDRESS = env.number("MAX_LOGIN_ATTEMPTS_PER_ADDRESS")
LOCKOUT_SECONDS = env.number("LOCKOUT_DURATION_MINUTES") * 60
RATE_LIMIT_PER_MINUTE = env.number("RATE_LIMIT_PER_MINUTE")
RATE_LIMIT_READS_PER_MINUTE = env.number("RATE_LIMIT_READS_PER_MINUTE")
AUDIT_DAYS = env.number("AUDIT_DAYS")

JWT_SECRET_KEY = (
    env.text("JWT_SECRET_KEY") or hashlib.sha256(f"jwt:{SECRET_KEY}".encode()).hexdigest()
)
JWT_ACCESS_SECONDS = env.number("JWT_ACCESS_TOKEN_EXPIRE_MINUTES") * 60
JWT_REFRESH_SECONDS = env.number("JWT_REFRESH_TOKEN_EXPIRE_DAYS") * 24 * 3600

CORS_ALLOWED_ORIGINS = env.words("CORS_ALLOWED_ORIGINS")
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_CREDENTIALS = False  # pages elsewhere bring a token, never our cookies
CORS_ALLOW_HEADERS = [*default_headers, "idempotency-key", "x-request-id"]
CORS_EXPOSE_HEADERS = [
    "x-request-id",
    "retry-after",
    "idempotency-replayed",
    "ratelimit-limit",
    "ratelimit-remaining",
    "ratelimit-reset",
    "etag",
]
