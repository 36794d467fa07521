"""Examples of the credentials API, as the OpenAPI document shows them."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

from accounts.google.scopes import Bundle, Capability, missing, to_ask_for

_granted = to_ask_for([Bundle.CLASSROOM])
_credential: dict[str, Any] = {
    "id": 3,
    "tenant_id": "escola-azul",
    "email": "ana@escola.example",
    "name": "Ana Lima",
    "hosted_domain": "escola.example",
    "status": "active",
    "is_active": True,
    "scopes": _granted,
    "capabilities": [one.value for one in Capability if one not in missing(_granted)],
    "missing": [one.value for one in missing(_granted)],
    "expires_at": "2026-11-20T13:00:00Z",
    "last_refreshed_at": "2026-11-20T12:00:00Z",
    "last_used_at": "2026-11-20T12:04:00Z",
    "connected_at": "2026-11-02T09:30:00Z",
}
_lapsed = _credential | {"status": "needs_consent", "is_active": False}
_link: dict[str, Any] = {
    "id": 12,
    "status": "pending",
    "url": None,
    "tenant_id": "escola-azul",
    "bundles": ["classroom", "drive"],
    "login_hint": "ana@escola.example",
    "return_url": None,
    "credential_id": None,
    "problem": None,
    "created_at": "2026-11-20T12:00:00Z",
    "expires_at": "2026-11-20T12:10:00Z",
}
_connected = _link | {"status": "connected", "credential_id": 3}
_refused = _link | {"status": "failed", "problem": "cancelled"}

CREDENTIAL = OpenApiExample("Connected", _credential)
STATES = [CREDENTIAL, OpenApiExample("Needs consent", _lapsed)]
PAGE = OpenApiExample("Page", {"results": [_credential], "total": 1, "limit": 50, "offset": 0})
IMPORT = OpenApiExample(
    "Moved here", {"tenant_id": "escola-azul", "refresh_token": "1//0example"}, request_only=True
)
LINK_REQUEST = OpenApiExample(
    "A teacher",
    {
        "tenant_id": "escola-azul",
        "bundles": ["classroom", "drive"],
        "login_hint": "ana@escola.example",
    },
    request_only=True,
)
NEW_LINK = OpenApiExample("Made", _link | {"url": "https://downloads.example/connect/kZ0r8YdVq2"})
LINK_STATES = [
    OpenApiExample("Pending", _link),
    OpenApiExample("Done", _connected),
    OpenApiExample("Refused", _refused),
]
LINK_PAGE = OpenApiExample("Page", {"results": [_connected], "total": 1, "limit": 50, "offset": 0})
AUTHORIZATION = OpenApiExample(
    "Google",
    {
        "authorization_url": "https://accounts.google.com/o/oauth2/v2/auth?client_id=…"
        "&scope=openid+email+profile&state=…"
    },
)
