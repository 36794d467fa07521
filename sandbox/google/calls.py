"""One call to the Google of the sandbox, alone or within a batch, and what it is answered."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from sandbox.bodies import Body
from sandbox.google.errors import refusal
from sandbox.google.faults import NONE, Fault

JSON = "application/json; charset=UTF-8"
HTML = "text/html; charset=utf-8"


class Logged(NamedTuple):
    """What `Google.log` keeps of a call; the names of the headers are in lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]

    @property
    def is_inner(self) -> bool:
        """Whether it came inside a batch."""
        return "x-sandbox-batch" in self.headers


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""
    fault: Fault = field(default_factory=lambda: NONE)

    @property
    def address(self) -> str:
        return f"{self.method} {self.path}" + (f"?{self.query}" if self.query else "")

    @property
    def params(self) -> dict[str, list[str]]:
        return parse_qs(self.query, keep_blank_values=True)

    def one(self, name: str, default: str = "") -> str:
        return self.params.get(name, [default])[-1]

    def many(self, name: str) -> list[str]:
        return self.params.get(name, [])

    def flag(self, name: str) -> bool:
        return self.one(name).lower() == "true"

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.one(name) or default)
        except ValueError:
            raise refusal("invalid", f"Invalid value for {name}") from None

    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode(errors="replace"), keep_blank_values=True)

    def field(self, name: str) -> str:
        """Of the form that was posted, or of the query."""
        return self.form().get(name, [self.one(name)])[-1]

    def json(self) -> dict[str, Any]:
        try:
            value = json.loads(self.body or b"{}")
        except ValueError:
            raise refusal("invalid", "Parse Error") from None
        if not isinstance(value, dict):
            raise refusal("invalid", "Invalid JSON payload received.")
        return value


@dataclass(frozen=True)
class Answer:
    """`stream`: a body that honours ranges, in place of `body`."""

    body: bytes = b""
    status: int = 200
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: Body | None = None
    rate: float | None = None


def json_answer(
    value: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    return Answer(json.dumps(value).encode(), status, JSON, headers or {})


def page(text: str, status: int = 200) -> Answer:
    return Answer(text.encode(), status, HTML)


def redirect(to: str) -> Answer:
    return Answer(b"", 302, HTML, {"Location": to})
