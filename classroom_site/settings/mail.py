"""How mails are sent, and where the links in them lead."""

from typing import Any

import environ

from classroom_site.settings import env
from classroom_site.settings.base import HOST, PORT

_SMTP: dict[str, Any] = {
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "EMAIL_HOST": env.text("SMTP_HOST"),
    "EMAIL_PORT": env.number("SMTP_PORT"),
    "EMAIL_HOST_USER": env.text("SMTP_USER"),
    "EMAIL_HOST_PASSWORD": env.text("SMTP_PASSWORD"),
    "EMAIL_USE_SSL": env.number("SMTP_PORT") == 465,
    "EMAIL_USE_TLS": env.number("SMTP_PORT") != 465,
}
_MAIL: dict[str, Any] = (
    _SMTP
    if env.text("SMTP_HOST") and not env.given("EMAIL_URL")
    else environ.Env.email_url_config(env.text("EMAIL_URL"))
)
EMAIL_BACKEND: str = _MAIL["EMAIL_BACKEND"]
EMAIL_HOST: str = _MAIL["EMAIL_HOST"] or "localhost"
EMAIL_PORT: int = _MAIL["EMAIL_PORT"] or 25
EMAIL_HOST_USER = _MAIL["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _MAIL["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = bool(_MAIL.get("EMAIL_USE_TLS"))
EMAIL_USE_SSL = bool(_MAIL.get("EMAIL_USE_SSL"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

_HERE = "localhost" if HOST in {"0.0.0.0", "::"} else HOST  # noqa: S104 - compared
PUBLIC_URL = env.text("PUBLIC_URL").rstrip("/") or f"http://{_HERE}:{PORT}"
