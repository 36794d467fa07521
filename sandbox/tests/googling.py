"""The real google-api-python-client, pointed at the sandbox."""

import json
from typing import Any

import httplib2
import pytest
from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc
from googleapiclient.errors import HttpError

from sandbox import Sandbox

PREFIX = "https://www.googleapis.com/auth/"
CLASSROOM = [
    f"{PREFIX}classroom.{name}.readonly"
    for name in (
        "courses",
        "coursework.students",
        "coursework.me",
        "courseworkmaterials",
        "announcements",
        "topics",
        "rosters",
    )
]
DRIVE = f"{PREFIX}drive.readonly"
DRIVE_FILE = f"{PREFIX}drive.file"
DRIVE_FULL = f"{PREFIX}drive"
ALL = [*CLASSROOM, DRIVE]
TEACHER, STUDENT = "helena@escola.example", "aluno@escola.example"
LOGIN = ["openid", "email", "profile"]


class _Bearer(httplib2.Http):  # type: ignore[misc]
    """A token with every request, and no second try when it is refused."""

    def __init__(self, token: str) -> None:
        super().__init__(timeout=10, proxy_info=None)
        self.redirect_codes = httplib2.REDIRECT_CODES - {308}
        self._token = token

    def request(self, uri: str, *rest: Any, headers: Any = None, **more: Any) -> Any:
        bearer = {"authorization": f"Bearer {self._token}"}
        return super().request(uri, *rest, headers=dict(headers or {}) | bearer, **more)


class Services:
    """Makes clients, and closes them in the end."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._opened: list[httplib2.Http] = []

    def __call__(self, name: str, email: str, scopes: list[str] | None = None) -> Any:
        version = {"classroom": "v1", "drive": "v3"}[name]
        document = json.loads(get_static_doc(name, version))
        document["rootUrl"] = f"{self._sandbox.origin}/"
        document.pop("mtlsRootUrl", None)
        token = self._sandbox.google.issue(email, ALL if scopes is None else scopes)
        http = _Bearer(token)
        self._opened.append(http)
        return build_from_document(document, http=http)

    def close(self) -> None:
        for http in self._opened:
            http.close()


def refused(request: Any) -> tuple[int, str]:
    """The status and the most precise reason of a call that must fail."""
    with pytest.raises(HttpError) as refusal:
        request.execute()
    return told(refusal.value)


def told(error: HttpError) -> tuple[int, str]:
    body = json.loads(error.content)["error"]
    details = body.get("details") or body["errors"]
    return error.status_code, details[0]["reason"]
