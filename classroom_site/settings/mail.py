"""How mails are sent, and where the links in them lead."""

import environ

from classroom_site.settings import env
from classroom_site.settings.base import HOST, PORT

_MAIL = environ.Env.email_url_config(env.text("EMAIL_URL"))
EMAIL_BACKEND = _MAIL["EMAIL_BACKEND"]
EMAIL_HOST = _MAIL["EMAIL_HOST"] or "localhost"
EMAIL_PORT = _MAIL["EMAIL_PORT"] or 25
EMAIL_HOST_USER = _MAIL["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _MAIL["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = bool(_MAIL.get("EMAIL_USE_TLS"))
EMAIL_USE_SSL = bool(_MAIL.get("EMAIL_USE_SSL"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

_HERE = "localhost" if HOST in {"0.0.0.0", "::"} else HOST  # noqa: S104 - compared
PUBLIC_URL = env.text("PUBLIC_URL").rstrip("/") or f"http://{_HERE}:{PORT}"
