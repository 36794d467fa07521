"""Whom a run trusts: the certificates are read once, in the fork server, and shared from there.

Each TLS context holds all of them, which is 6 MB of a child's own memory and 16 ms of its time.
"""

import os
import ssl
from typing import Any

from yt_dlp.networking import common

_contexts: dict[tuple[Any, ...], ssl.SSLContext] = {}
_make = common.make_ssl_context


def install() -> None:
    """Have yt-dlp take the context that was made for the same wishes before, if there is one."""
    common.make_ssl_context = _context
    _context(verify=True, use_certifi=True)


def _context(**wishes: Any) -> ssl.SSLContext:
    given = {name: value for name, value in wishes.items() if value}
    key = (os.environ.get("SSL_CERT_FILE"), *sorted(given.items()))
    if key not in _contexts:
        _contexts[key] = _make(**wishes)
    return _contexts[key]
