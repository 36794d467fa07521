"""Who may open a socket, and whether they still may."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest, parse_cookie
from django.http.request import split_domain_port, validate_host
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import get_language_from_request

from accounts.models import ApiKey, User
from accounts.services import api_keys

SCOPE = "downloads:read"

BAD_DATA = 1003
BROKE_RULES = 1008
SIGN_IN = 4401
MAY_NOT = 4403
NOT_FOUND = 4404
TOO_SLOW = 4408
TOO_MANY = 4429

_PORTS = {"http": 80, "https": 443}


class Refused(Exception):
    """This socket is not for them; `code` closes it."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person behind a socket, and by which session or key they came."""

    user: User
    is_admin: bool
    language: str
    session_key: str = ""
    api_key_id: int | None = None

    def may_see(self, owner_id: int | None) -> bool:
        return self.is_admin or owner_id in {None, self.user.pk}


Scope = dict[str, Any]


def header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin1") for key, value in scope["headers"] if key == name), "")


def comes_from_our_pages(scope: Scope) -> bool:
    """Whether Host is ours and Origin is that host; only programs with a key come without one."""
    host, origin = header(scope, b"host"), header(scope, b"origin")
    domain, port = split_domain_port(host)
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return False
    if not origin:
        return bool(_bearer(scope))
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    try:
        page = urlsplit(origin)
        default = _PORTS.get(page.scheme)
        return default is not None and (page.hostname, page.port or default) == (
            urlsplit(f"//{host}").hostname,
            int(port or default),
        )
    except ValueError:
        return False


def address_of(scope: Scope) -> str:
    """The client's address as the outermost trusted proxy saw it."""
    if settings.TRUSTED_PROXIES:
        hops = header(scope, b"x-forwarded-for").split(",")
        return hops[-settings.TRUSTED_PROXIES :][0].strip()
    return scope["client"][0] if scope.get("client") else ""


def viewer_of(scope: Scope) -> Viewer:
    """:raises Refused: nobody is signed in, or the key does not allow it"""
    secret = _bearer(scope)
    return _viewer_by_key(scope, secret) if secret else _viewer_by_session(scope)


def no_longer(viewers: Iterable[Viewer]) -> dict[Viewer, int]:
    """Those who may not listen any more, each with the code that says why. Three queries."""
    asked = list(viewers)
    users = User.objects.filter(is_active=True).in_bulk([viewer.user.pk for viewer in asked])
    keys = ApiKey.objects.usable().in_bulk(
        [viewer.api_key_id for viewer in asked if viewer.api_key_id]
    )
    sessions = _sessions({viewer.session_key for viewer in asked if viewer.session_key})
    found = {}
    for viewer in asked:
        user = users.get(viewer.user.pk)
        if user is None or not _still_signed_in(viewer, user, sessions, keys):
            found[viewer] = SIGN_IN
        elif user.is_admin != viewer.is_admin:
            found[viewer] = MAY_NOT
    return found


def _still_signed_in(
    viewer: Viewer,
    user: User,
    sessions: dict[str, dict[str, Any]],
    keys: dict[int, ApiKey],
) -> bool:
    if viewer.api_key_id:
        return viewer.api_key_id in keys and SCOPE in keys[viewer.api_key_id].scopes
    return _is_session_of(user, sessions.get(viewer.session_key, {}))


def _bearer(scope: Scope) -> str:
    kind, _, secret = header(scope, b"authorization").partition(" ")
    return secret.strip() if kind.lower() == "bearer" else ""


def _viewer_by_key(scope: Scope, secret: str) -> Viewer:
    key = api_keys.use_api_key(secret=secret)
    if key is None:
        raise Refused(SIGN_IN)
    if SCOPE not in key.scopes:
        raise Refused(MAY_NOT)
    return Viewer(key.owner, key.owner.is_admin, _language(scope, key.owner), api_key_id=key.pk)


def _viewer_by_session(scope: Scope) -> Viewer:
    session_key = _cookies(scope).get(settings.SESSION_COOKIE_NAME, "")
    session = _sessions({session_key}).get(session_key, {})
    user = User.objects.filter(is_active=True, pk=session.get(SESSION_KEY, 0)).first()
    if user is None or not _is_session_of(user, session):
        raise Refused(SIGN_IN)
    return Viewer(user, user.is_admin, _language(scope, user), session_key=session_key)


def _is_session_of(user: User, session: dict[str, Any]) -> bool:
    """What Django's get_user() checks, without changing the session."""
    given = session.get(HASH_SESSION_KEY, "")
    wanted = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return (
        session.get(SESSION_KEY) == str(user.pk)
        and session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and any(constant_time_compare(given, one) for one in wanted)
    )


def _sessions(keys: set[str]) -> dict[str, dict[str, Any]]:
    live = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    return {session.session_key: session.get_decoded() for session in live}


def _cookies(scope: Scope) -> dict[str, str]:
    return parse_cookie(header(scope, b"cookie"))


def _language(scope: Scope, user: User) -> str:
    request = HttpRequest()
    request.COOKIES = _cookies(scope)
    request.META["HTTP_ACCEPT_LANGUAGE"] = header(scope, b"accept-language")
    return user.language or get_language_from_request(request)
