"""What a person does at the consent page of the sandbox's Google, for tests without a browser."""

import urllib.error
import urllib.request
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin

Pairs = list[tuple[str, str]]


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.hidden: Pairs = []
        self.boxes: list[str] = []
        self.accounts: list[str] = []
        self.chosen = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.action = told["action"]
        elif tag == "input" and told["type"] == "hidden":
            self.hidden.append((told["name"], told["value"]))
        elif tag == "input" and told["type"] == "checkbox":
            self.boxes.append(told["value"])
        elif tag == "input" and told["type"] == "radio":
            self.accounts.append(told["value"])
            self.chosen = told["value"] if "checked" in told else self.chosen


class _NoRedirects(urllib.request.HTTPErrorProcessor):
    """Every answer is one; where it sends to is for the caller."""

    def http_response(self, request: Any, response: Any) -> Any:
        return response


def consent_form(url: str) -> _Form:
    """The page at the address to which an application sends its user."""
    form = _Form()
    with _opener().open(url, timeout=20) as answer:
        form.feed(answer.read().decode())
    return form


def consent(url: str, account: str = "", *, untick: Iterable[str] = (), deny: bool = False) -> str:
    """Where the person is sent back to.

    :param url: to which the application sent its user
    :param account: the address to choose; "" takes the one that is chosen already
    :param untick: scopes not to be allowed
    """
    form, refused = consent_form(url), set(untick)
    account = account or form.chosen
    if account not in form.accounts:
        raise ValueError(f"{account or 'nobody'} is not offered, but {form.accounts}")
    given = [*form.hidden, ("account", account), ("go", "deny" if deny else "allow")]
    given += [("grant", scope) for scope in form.boxes if scope not in refused]
    request = urllib.request.Request(urljoin(url, form.action), urlencode(given).encode())
    with _opener().open(request, timeout=20) as answer:
        return str(answer.headers["Location"])


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects())
