"""With an outbound proxy the connection goes to the proxy, so names are checked before it.

Only Python's own HTTP client speaks to a proxy in a child; requests and urllib3 stand on it.
"""

import functools
import http.client
import socket
import time
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from core.children.addresses import (
    REFUSED_PORTS,
    BlockedAddress,
    endpoint,
    is_public,
    looks_private,
    parse_endpoint,
)

_REMEMBERED_SECONDS = 10


def install(allowed: Collection[str]) -> None:
    """Check what every request and every tunnel of this process asks the proxy for."""
    put_request = http.client.HTTPConnection.putrequest
    set_tunnel = http.client.HTTPConnection.set_tunnel

    def checked_request(
        self: http.client.HTTPConnection, method: str, url: str, *args: Any, **kwargs: Any
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme:
            check_target(parts.hostname or "", parts.port or 80, frozenset(allowed))
        put_request(self, method, url, *args, **kwargs)

    def checked_tunnel(
        self: http.client.HTTPConnection, host: str, port: int | None = None, *args: Any, **kw: Any
    ) -> None:
        check_target(host, port or self.default_port, frozenset(allowed))
        set_tunnel(self, host, port, *args, **kw)

    http.client.HTTPConnection.putrequest = checked_request  # type: ignore[method-assign]
    http.client.HTTPConnection.set_tunnel = checked_tunnel  # type: ignore[method-assign]


def check_target(host: str, port: int, allowed: frozenset[str]) -> None:
    """
    :raises BlockedAddress: the host is not, or not only, in the public internet
    """
    _check(host, port, allowed, int(time.monotonic() // _REMEMBERED_SECONDS))


@functools.lru_cache(maxsize=256)
def _check(host: str, port: int, allowed: frozenset[str], _moment: int) -> None:
    if endpoint(host, port) in {parse_endpoint(pair) for pair in allowed}:
        return
    if looks_private(host, port, ()) or port in REFUSED_PORTS:
        raise BlockedAddress(host, port)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        # In some networks only the proxy resolves outside names; the name then has no address
        # here, private or not, that we could know of.
        return
    if not all(is_public(str(address[0])) for *_, address in found):
        raise BlockedAddress(host, port)
