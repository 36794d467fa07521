"""Cookies as browsers' add-ons export them (cookies.txt, the Netscape format). Pure."""

import re
from collections.abc import Iterable
from http.cookiejar import Cookie
from typing import TypedDict

MOST_BYTES = 500_000
MOST_COOKIES = 1000

_HTTP_ONLY = "#HttpOnly_"
_FIELDS = 7
_LONGEST = 8192
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62})(?:\.[a-z0-9](?:[a-z0-9-]{0,62}))+")
_UNWANTED = re.compile(r"[\x00-\x1f\x7f;]")
# Under these an address has one more label of its own: escola.com.br, school.ac.uk.
_SECOND_LEVEL = frozenset({"ac", "art", "co", "com", "edu", "g12", "gob", "gov", "net", "org"})


class StoredCookie(TypedDict):
    """`expires`: seconds since 1970, None until the browser is closed."""

    name: str
    value: str
    domain: str
    path: str
    secure: bool
    expires: int | None


class NotCookies(ValueError):
    """The text is no cookies.txt."""


def read(text: str) -> list[StoredCookie]:
    """
    :raises NotCookies: it holds not one cookie
    """
    found = [cookie for line in text.splitlines() if (cookie := _cookie(line))]
    if not found:
        raise NotCookies("not one cookie")
    return found[:MOST_COOKIES]


def site_of(host: str) -> str:
    """The part of a host's name that somebody registered; "" if it is no such name."""
    host = host.strip().strip(".").lower()
    if len(host) > 120 or not _HOST.fullmatch(host):
        return ""
    labels = host.split(".")
    if labels[-1].isdigit():
        return ""
    own = 3 if len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL else 2
    return ".".join(labels[-own:]) if len(labels) >= own else ""


def belongs(host: str, site: str) -> bool:
    host = host.lstrip(".").lower()
    return host == site or host.endswith(f".{site}")


def as_cookies(stored: Iterable[StoredCookie]) -> list[Cookie]:
    """For a cookie jar, which sends each to its own domain alone."""
    return [
        Cookie(
            version=0,
            name=one["name"],
            value=one["value"],
            port=None,
            port_specified=False,
            domain=one["domain"],
            domain_specified=one["domain"].startswith("."),
            domain_initial_dot=one["domain"].startswith("."),
            path=one["path"],
            path_specified=True,
            secure=one["secure"],
            expires=one["expires"],
            discard=one["expires"] is None,
            comment=None,
            comment_url=None,
            rest={},
        )
        for one in stored
    ]


def _cookie(line: str) -> StoredCookie | None:
    """One line; None for a remark, and for what no browser would send."""
    line = line.removeprefix(_HTTP_ONLY)
    parts = line.split("\t")
    if line.startswith("#") or len(parts) != _FIELDS or len(line) > _LONGEST:
        return None
    domain, subdomains, path, secure, expires, name, value = parts
    domain = domain.strip().lower()
    bare = domain.lstrip(".")
    if not _HOST.fullmatch(bare) or not name or _UNWANTED.search(name + value + path):
        return None
    ends = expires.partition(".")[0]
    if not (ends.isascii() and ends.isdigit() and len(ends) < 12):
        return None
    return {
        "name": name,
        "value": value,
        "domain": f".{bare}" if subdomains.upper() == "TRUE" else bare,
        "path": path if path.startswith("/") else "/",
        "secure": secure.upper() == "TRUE",
        "expires": int(ends) or None,
    }
