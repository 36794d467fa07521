"""Where a request comes from. Only proxies of ours are believed."""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest


def of_request(request: HttpRequest) -> str:
    """The client's address as the outermost trusted proxy saw it; "" if there is none."""
    given = request.META.get("HTTP_X_FORWARDED_FOR", "")
    return address_of(given, request.META.get("REMOTE_ADDR") or "")


def of_scope(scope: Mapping[str, Any]) -> str:
    """The same of an ASGI connection."""
    found = [
        value.decode("latin1") for name, value in scope["headers"] if name == b"x-forwarded-for"
    ]
    return address_of(",".join(found), scope["client"][0] if scope.get("client") else "")


def address_of(forwarded: str, peer: str) -> str:
    """Of the chain each proxy has added to, the entry that TRUSTED_PROXIES of ours vouch for.

    A shorter chain did not come through all of them, and is not believed.
    """
    hops = forwarded.split(",") if forwarded else []
    if 0 < settings.TRUSTED_PROXIES <= len(hops):
        peer = hops[-settings.TRUSTED_PROXIES]
    parsed = parse(peer)
    return str(parsed) if parsed else ""


def bucket_of(address: str) -> str:
    """What counts as one client: an IPv4 address, or the /64 a household or school is given."""
    parsed = parse(address)
    if isinstance(parsed, IPv6Address):
        return f"{IPv6Address(int(parsed) >> 64 << 64)}/64"
    return str(parsed) if parsed else "unknown"


def parse(address: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(address.strip().partition("%")[0])
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
