"""A browser between this site and the sandbox's Google, without scripts."""

import re
from collections.abc import Collection
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import requests
from django.test import Client
from django.urls import reverse

ANA = "ana@escola.example"
PRIVATE = "ana.privada@gmail.com"


class Browser:
    """`client` holds the cookies of this site; Google's consent page needs none."""

    def __init__(self, client: Client, google: str) -> None:
        self.client = client
        self._google = google

    def sign_in(self, account: str = ANA, **how: Any) -> Any:
        return self.consent(self.client.post(reverse("google_login")), account, **how)

    def connect(
        self, account: str = ANA, *, fields: dict[str, Any] | None = None, **how: Any
    ) -> Any:
        """The form of the page, Google's consent, and what its return is answered."""
        start = self.client.post(reverse("google:connect"), fields or {"tenant_id": ""})
        return self.consent(start, account, **how)

    def consent(self, start: Any, account: str = ANA, **how: Any) -> Any:
        return self.client.get(self.way_back(start, account, **how))

    def way_back(
        self, start: Any, account: str = ANA, *, untick: Collection[str] = (), go: str = "allow"
    ) -> str:
        """Where Google leads to after the consent page: this site's path with code and state."""
        assert start.status_code == 302, start.content.decode()
        shown = requests.get(start["Location"], timeout=5)
        assert shown.status_code == 200, shown.text
        fields = [
            (name, value)
            for name, value in inputs(shown.text)
            if name not in {"account", "go"}
            and not (name == "grant" and value.rpartition("/")[2] in untick)
        ]
        answer = requests.post(
            f"{self._google}/o/oauth2/v2/auth/consent",
            data=[*fields, ("account", account), ("go", go)],
            allow_redirects=False,
            timeout=5,
        )
        parts = urlsplit(answer.headers["Location"])
        return f"{parts.path}?{parts.query}"


def inputs(page: str) -> list[tuple[str, str]]:
    """Name and value of every field of a form."""
    tags = re.findall(r"<input ([^>]*)>", page)
    pairs = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in tags]
    return [(pair["name"], unescape(pair["value"])) for pair in pairs]
