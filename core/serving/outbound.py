"""What the long-running processes may connect to: the internet, and what settings name.

Nothing that a user, a course or a site says may lead a process of ours into the private network
around it. Children have stricter rules of their own (core.children.guard).
"""

import os
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from core.children import network, proxied
from core.children.addresses import parse_endpoint

_PORTS = {"http": 80, "https": 443, "redis": 6379, "rediss": 6379, "postgres": 5432}
_DATABASE_PORTS = {
    "django.db.backends.postgresql": 5432,
    "django_prometheus.db.backends.postgresql": 5432,
}


def guard(*own: tuple[str, int]) -> None:
    """Hold this process to it; `own` are addresses of ours that it asks besides."""
    network.install({*allowed(), *own})
    if settings.OUTBOUND_PROXY:
        proxied.install(frozenset(settings.ALLOWED_PRIVATE_ENDPOINTS))


def allowed() -> set[tuple[str, int]]:
    """The private endpoints that the settings name, as they are named."""
    return {
        *map(parse_endpoint, settings.ALLOWED_PRIVATE_ENDPOINTS),
        *_of_addresses(settings.REDIS_URL, settings.OUTBOUND_PROXY, settings.GOOGLE_ROOT_URL),
        *_of_databases(settings.DATABASES.values()),
        *_of_mail(),
    }


def visible(host: str) -> str:
    """Where a server that listens on `host` is found from its own machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared only


def _of_addresses(*addresses: str) -> Iterable[tuple[str, int]]:
    for address in filter(None, addresses):
        parts = urlsplit(address)
        if parts.hostname and (port := parts.port or _PORTS.get(parts.scheme)):
            yield parts.hostname, port


def _of_mail() -> Iterable[tuple[str, int]]:
    """Only if mails are sent at all: else the names of nobody's server stand in the settings."""
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        yield settings.EMAIL_HOST, int(settings.EMAIL_PORT)


def _of_databases(databases: Iterable[dict[str, Any]]) -> Iterable[tuple[str, int]]:
    """One with a folder for its host, or with none, is reached by a socket of this machine."""
    for database in databases:
        host = database.get("HOST") or ""
        if host and not host.startswith(os.sep):
            default = _DATABASE_PORTS.get(database["ENGINE"], 0)
            yield host, int(database.get("PORT") or default)
