"""Which tables a request has changed: what a refusal must leave as they were."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

# What is written of a request that is refused, too: who counts, who notes, who remembers.
BESIDE = {
    "accounts_apikey",  # its last use
    "accounts_apisession",
    "accounts_auditentry",
    "core_ratebucket",
    "django_session",
    "usersessions_usersession",
}
_WRITE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)', re.IGNORECASE)
_SAVEPOINT = re.compile(r'(SAVEPOINT|ROLLBACK TO SAVEPOINT) "?(\w+)')


class Changes:
    """The tables in which rows changed, without those a savepoint took back."""

    def __init__(self) -> None:
        self._seen: list[tuple[str, str]] = []

    def note(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, at: Any) -> Any:
        result = execute(sql, params, many, at)
        if (write := _WRITE.match(sql)) and at["cursor"].rowcount != 0:
            self._seen.append(("write", write[1]))
        elif point := _SAVEPOINT.match(sql):
            self._savepoint(*point.groups())
        return result

    def _savepoint(self, what: str, name: str) -> None:
        if what == "SAVEPOINT":
            self._seen.append(("savepoint", name))
        elif ("savepoint", name) in self._seen:
            del self._seen[self._seen.index(("savepoint", name)) + 1 :]

    @property
    def tables(self) -> set[str]:
        return {name for what, name in self._seen if what == "write"} - BESIDE


@contextmanager
def changes_noted() -> Iterator[Changes]:
    changes = Changes()
    with connection.execute_wrapper(changes.note):
        yield changes
