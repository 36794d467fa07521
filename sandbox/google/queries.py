"""`files.list`: its little query language and its orders."""

import re
from collections.abc import Callable, Iterator

from sandbox.google.calls import Call
from sandbox.google.errors import refusal
from sandbox.google.files import File

_TEXT = r"'((?:[^'\\]|\\.)*)'"
_VALUE = rf"value\s*=\s*{_TEXT}"
_Test = Callable[[File], bool]


def select(files: list[File], call: Call, me: str) -> list[File]:
    """
    :raises Refusal: a clause or an order that is not known
    """
    for test in _tests(call.one("q").strip(), me):
        files = [file for file in files if test(file)]
    return _ordered(files, call.one("orderBy"))


def _tests(query: str, me: str) -> Iterator[_Test]:
    while query:
        found, make = _first_clause(query)
        yield make(*(_plain(text) for text in found.groups()), me)
        query = query[found.end() :]
        if query:
            query = re.sub(r"^\s+and\s+", "", query) or "and"


def _first_clause(query: str) -> tuple[re.Match[str], Callable[..., _Test]]:
    for pattern, make in _CLAUSES:
        if found := re.match(pattern, query):
            return found, make
    raise refusal("invalid", "Invalid Value: q")


def _in_parents(folder: str, me: str) -> _Test:
    return lambda file: folder in file.fields["parents"]


def _in_owners(email: str, me: str) -> _Test:
    return lambda file: file.owner == (me if email == "me" else email)


def _text(name: str, operator: str, value: str, me: str) -> _Test:
    if operator == "contains":
        return lambda file: value.lower() in str(file.fields[name]).lower()
    return lambda file: (file.fields[name] == value) == (operator == "=")


def _trashed(operator: str, value: str, me: str) -> _Test:
    return lambda file: (file.is_trashed == (value == "true")) == (operator == "=")


def _property(name: str, key: str, value: str, me: str) -> _Test:
    return lambda file: file.fields.get(name, {}).get(key) == value


_CLAUSES: tuple[tuple[str, Callable[..., _Test]], ...] = (
    (rf"{_TEXT}\s+in\s+parents", _in_parents),
    (rf"{_TEXT}\s+in\s+owners", _in_owners),
    (rf"(name|mimeType)\s*(!?=|contains)\s*{_TEXT}", _text),
    (r"trashed\s*(!?=)\s*(true|false)", _trashed),
    (
        rf"(appProperties|properties)\s+has\s*\{{\s*key\s*=\s*{_TEXT}\s+and\s+{_VALUE}\s*\}}",
        _property,
    ),
)


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _ordered(files: list[File], order: str) -> list[File]:
    for part in reversed([one.strip() for one in order.split(",") if one.strip()]):
        name, _, direction = part.partition(" ")
        if name not in ("name", "createdTime", "modifiedTime", "folder"):
            raise refusal("invalid", "Invalid Value: orderBy")
        key = "mimeType" if name == "folder" else name
        files = sorted(files, key=lambda file: str(file.fields[key]), reverse=direction == "desc")
    return files
