"""A person at a browser without JavaScript: follows links, fills in forms, keeps cookies."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests


@dataclass
class Form:
    """One form of a page, as it would be sent if nobody touched it."""

    action: str
    method: str
    fields: list[tuple[str, str]]
    buttons: list[tuple[str, str]]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in given}
        if tag == "form":
            method = facts.get("method", "get").lower()
            self.found.append(Form(facts.get("action", ""), method, [], []))
        if not self.found or "name" not in facts:
            return
        own = (facts["name"], facts.get("value", "on" if facts.get("type") == "checkbox" else ""))
        choice = facts.get("type") in {"checkbox", "radio"}
        if tag == "button":
            self.found[-1].buttons.append(own)
        elif tag == "input" and (not choice or "checked" in facts):
            self.found[-1].fields.append(own)


class Visitor:
    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False

    def get(self, path: str) -> requests.Response:
        return self.session.get(urljoin(self.url, path), timeout=30)

    def send(
        self, page: requests.Response, action: str, without: tuple[str, ...] = (), **fields: str
    ) -> requests.Response:
        """Send the form whose address holds `action`; `without` leaves values out."""
        form = next(form for form in forms(page) if action in urljoin(page.url, form.action))
        data = [(name, value) for name, value in form.fields if name not in fields]
        data = [pair for pair in data if pair[1] not in without] + list(fields.items())
        address = urljoin(page.url, form.action)
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
        headers = {"Referer": page.url, "Origin": origin}
        return self.session.request(form.method, address, data=data, headers=headers, timeout=30)

    def sign_in(self, username: str, password: str) -> requests.Response:
        page = self.get("/accounts/login/")
        return self.send(page, "/accounts/login/", login=username, password=password)

    def connect(
        self, account: str, without: tuple[str, ...] = (), **fields: str
    ) -> requests.Response:
        """Connect a Google account by the sandbox's consent page; `without` unticks scopes."""
        consent = self.send(self.get("/google/connect"), "/google/connect", (), **fields)
        return self.consent(consent, account, without)

    def consent(
        self, page: requests.Response, account: str, without: tuple[str, ...] = ()
    ) -> requests.Response:
        assert "sandbox" in page.text, (page.url, page.text[:500])
        return self.send(page, "consent", without, account=account, go="allow")


def forms(page: requests.Response) -> list[Form]:
    parser = _Forms()
    parser.feed(page.text)
    return parser.found


def text_of(page: requests.Response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))
