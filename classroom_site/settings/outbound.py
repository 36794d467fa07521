"""How the product reaches the outside world, and what of it is off limits."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from classroom_site.settings import env
from core.children.addresses import parse_endpoint


def _endpoints(pairs: list[str]) -> list[str]:
    for pair in pairs:
        try:
            good = 0 < parse_endpoint(pair)[1] < 65536
        except ValueError:
            good = False
        if not good:
            text = f"ALLOWED_PRIVATE_ENDPOINTS must hold host:port pairs, not {pair!r}"
            raise ImproperlyConfigured(text)
    return pairs


def _proxy(address: str) -> str:
    """What is wrong is not repeated: a proxy's address may hold a password."""
    try:
        parts = urlsplit(address)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if address and not good:
        raise ImproperlyConfigured("OUTBOUND_PROXY must be an http:// or https:// address")
    return address


ALLOWED_PRIVATE_ENDPOINTS = _endpoints(env.words("ALLOWED_PRIVATE_ENDPOINTS"))
OUTBOUND_PROXY = _proxy(env.text("OUTBOUND_PROXY"))
OUTBOUND_CA_FILE = env.text("OUTBOUND_CA_FILE")
