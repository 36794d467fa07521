"""Who may open a socket, and whether they still may."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
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

from accounts import view_as
from accounts.models import ApiKey, User
from accounts.roles import Power
from accounts.services import api_keys, api_sessions, blocks
from accounts.services.blocks import AddressBlocked
from core import client_address

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
    """The person behind a socket, and by which session, key or token's session they came."""

    user: User
    is_admin: bool
    language: str
    session_key: str = ""
    api_key_id: int | None = None
    api_session_id: int | None = None
    address: str = ""

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


def viewer_of(scope: Scope) -> Viewer:
    """:raises Refused: nobody is signed in, or key or address do not allow it"""
    viewer = replace(_signed_in(scope), address=client_address.of_scope(scope))
    if _is_blocked(viewer, viewer.user):
        raise Refused(MAY_NOT)
    return viewer


def _signed_in(scope: Scope) -> Viewer:
    secret = _bearer(scope)
    if not secret:
        return _viewer_by_session(scope)
    is_key = secret.startswith(api_keys.BEGINNING)
    return _viewer_by_key(scope, secret) if is_key else _viewer_by_token(scope, secret)


@dataclass(frozen=True, slots=True)
class _Living:
    """What is still good of that with which viewers came."""

    sessions: dict[str, dict[str, Any]]
    keys: dict[int, ApiKey]
    tokens: set[int]
    staff: dict[int, User]

    def opens(self, viewer: Viewer, user: User) -> bool:
        if viewer.api_session_id:
            return viewer.api_session_id in self.tokens
        if viewer.api_key_id:
            return viewer.api_key_id in self.keys and SCOPE in self.keys[viewer.api_key_id].scopes
        session = self.sessions.get(viewer.session_key, {})
        if viewer.user.seen_by:
            staff = self.staff.get(viewer.user.seen_by.pk)
            return _shows(session, user, to=staff)
        return _is_session_of(user, session)

    def is_admin(self, viewer: Viewer, user: User) -> bool:
        key = self.keys.get(viewer.api_key_id or 0)
        return user.is_admin and (key is None or "admin" in key.scopes)


def no_longer(viewers: Iterable[Viewer]) -> dict[Viewer, int]:
    """Those who may not listen any more, each with the code that says why. Four queries."""
    asked = list(viewers)
    users = User.objects.filter(is_active=True).in_bulk([viewer.user.pk for viewer in asked])
    living = _living(asked)
    found = {}
    for viewer in asked:
        user = users.get(viewer.user.pk)
        if user is None or not living.opens(viewer, user):
            found[viewer] = SIGN_IN
        elif living.is_admin(viewer, user) != viewer.is_admin or _is_blocked(viewer, user):
            found[viewer] = MAY_NOT
    return found


def _is_blocked(viewer: Viewer, user: User) -> bool:
    """Whether staff have blocked their address, which holds for everybody but staff."""
    staff = (viewer.user.seen_by or user).is_staff
    try:
        blocks.refuse_blocked(address=viewer.address, is_stranger=False, is_staff=staff)
    except AddressBlocked:
        return True
    return False


def _living(asked: list[Viewer]) -> _Living:
    return _Living(
        sessions=_sessions({viewer.session_key for viewer in asked if viewer.session_key}),
        keys=ApiKey.objects.usable().in_bulk([one.api_key_id for one in asked if one.api_key_id]),
        tokens=api_sessions.still_good(
            [viewer.api_session_id for viewer in asked if viewer.api_session_id]
        ),
        staff=_looking(asked),
    )


def _looking(asked: list[Viewer]) -> dict[int, User]:
    """Staff who look at somebody's pages; mostly nobody does."""
    looking = [viewer.user.seen_by.pk for viewer in asked if viewer.user.seen_by]
    return User.objects.filter(is_active=True).in_bulk(looking) if looking else {}


def _shows(session: dict[str, Any], person: User, *, to: User | None) -> bool:
    return (
        to is not None
        and _is_session_of(to, session)
        and to.may(Power.VIEW_AS)
        and view_as.id_shown_in(session) == person.pk
    )


def _bearer(scope: Scope) -> str:
    kind, _, secret = header(scope, b"authorization").partition(" ")
    return secret.strip() if kind.lower() == "bearer" else ""


def _viewer_by_key(scope: Scope, secret: str) -> Viewer:
    key = api_keys.use_api_key(secret=secret)
    if key is None:
        raise Refused(SIGN_IN)
    if SCOPE not in key.scopes or key.tenant_ids:  # what is live is told of all tenants
        raise Refused(MAY_NOT)
    return Viewer(key.owner, key.owner.is_admin, _language(scope, key.owner), api_key_id=key.pk)


def _viewer_by_token(scope: Scope, token: str) -> Viewer:
    session = api_sessions.read_access(token)
    if session is None:
        raise Refused(SIGN_IN)
    user = session.owner
    return Viewer(user, user.is_admin, _language(scope, user), api_session_id=session.pk)


def _viewer_by_session(scope: Scope) -> Viewer:
    session_key = _cookies(scope).get(settings.SESSION_COOKIE_NAME, "")
    session = _sessions({session_key}).get(session_key, {})
    user = User.objects.filter(is_active=True, pk=session.get(SESSION_KEY, 0)).first()
    if user is None or not _is_session_of(user, session):
        raise Refused(SIGN_IN)
    shown = view_as.shown_in(session, to=user) or user
    return Viewer(shown, shown.is_admin, _language(scope, user), session_key=session_key)


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
