"""Examples of the API of people, sign-ins and API keys, as the OpenAPI document shows them."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

_FORM = "application/x-www-form-urlencoded"
_person: dict[str, Any] = {
    "id": 7,
    "username": "ana",
    "email": "ana@escola.example",
    "full_name": "Ana Lima",
    "role": "user",
    "is_active": True,
    "language": "pt-br",
    "created_at": "2026-11-02T09:30:00Z",
    "last_login": "2026-11-20T12:00:00Z",
}
_tokens: dict[str, Any] = {
    "access_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.…",
    "refresh_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.…",
    "token_type": "Bearer",
    "expires_in": 1800,
}
_session: dict[str, Any] = {
    "id": 31,
    "is_current": True,
    "address": "203.0.113.7",
    "agent": "school-portal/2.1",
    "created_at": "2026-11-20T12:00:00Z",
    "last_used_at": "2026-11-20T12:04:00Z",
    "expires_at": "2026-11-27T12:00:00Z",
}
_key: dict[str, Any] = {
    "id": 4,
    "name": "School portal",
    "prefix": "cdk_5fQ0aX8v",
    "scopes": ["courses:read", "downloads:read", "downloads:write"],
    "tenant_ids": ["escola-azul"],
    "created_at": "2026-11-20T12:00:00Z",
    "expires_at": "2027-11-20T12:00:00Z",
    "last_used_at": None,
    "revoked_at": None,
}
_new_person = {
    "email": "ana@escola.example",
    "password": "giz-quadro-recreio",
    "full_name": "Ana Lima",
}
_password = {"username": "ana@escola.example", "password": "giz-quadro-recreio"}
_refresh = {"refresh_token": _tokens["refresh_token"]}
_made = _person | {"last_login": None}


def _asked(name: str, body: dict[str, Any], kind: str = "application/json") -> OpenApiExample:
    return OpenApiExample(name, body, request_only=True, media_type=kind)


def _page(row: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample("Page", {"results": [row], "total": 1, "limit": 50, "offset": 0})


PERSON = OpenApiExample("Made", _made)
PEOPLE = _page(_person)
ONE_PERSON = OpenApiExample("A teacher", {**_person, "second_factor": False, "locked_until": None})
PROFILE = OpenApiExample("A teacher", {**_person, "second_factor": True, "powers": []})
LOGGED_IN = OpenApiExample("Signed in", {**_tokens, "user": _person})
TOKENS = OpenApiExample("Tokens", _tokens)
SESSION = OpenApiExample("This one", _session)
SESSION_PAGE = _page(_session)
KEY = OpenApiExample("A key", _key)
KEY_PAGE = _page(_key)
NEW_KEY = OpenApiExample("Made", {**_key, "key": "cdk_5fQ0aX8vexample"})

REGISTER = _asked("A teacher", {**_new_person, "username": "ana"})
NEW_PERSON = _asked("A teacher", _new_person)
LOGIN = _asked("With a code", {**_password, "otp": "492039"})
TOKEN_REQUESTS = [
    _asked("Password", {"grant_type": "password", **_password}),
    _asked("Password as a form", {"grant_type": "password", **_password}, _FORM),
    _asked("Renewal as a form", {"grant_type": "refresh_token", **_refresh}, _FORM),
]
REFRESH_REQUESTS = [
    _asked("The newest", _refresh),
    _asked("The newest as a form", {"grant_type": "refresh_token", **_refresh}, _FORM),
]
LOGOUT = _asked("This sign-in", _refresh)
PASSWORD = _asked(
    "A better one",
    {"current_password": "giz-quadro-recreio", "new_password": "lousa-caderno-mochila"},
)
PROFILE_REQUEST = _asked("A name", {"full_name": "Ana Lima", "language": "pt-br"})
PROFILE_PATCH = _asked("A language", {"language": "en"})
PERSON_REQUEST = _asked("A teacher", {**_new_person, "username": "ana", "role": "user"})
PERSON_CHANGE = _asked(
    "Closed",
    {
        "username": "ana",
        "email": "ana@escola.example",
        "full_name": "Ana Lima",
        "role": "user",
        "language": "pt-br",
        "is_active": False,
    },
)
PERSON_PATCH = _asked("Closed", {"is_active": False})
KEY_REQUEST = _asked(
    "For a portal",
    {
        "name": "School portal",
        "scopes": ["courses:read", "downloads:read", "downloads:write"],
        "tenant_ids": ["escola-azul"],
        "expires_at": "2027-11-20T12:00:00Z",
    },
)
