"""The sandbox about itself: `/_sandbox/log`, `/_sandbox/reset`, `/_sandbox/samples`, and

`/_sandbox/google/…`: its Google told what to play, from another process.
"""

import json
from collections.abc import Callable
from typing import Any

from sandbox import catalogue
from sandbox.exchange import Exchange
from sandbox.google import Google
from sandbox.journal import Journal

PREFIX = "_sandbox"
DOABLE = frozenset(
    {"user", "course", "topic", "item", "change_item", "remove_item", "file", "shortcut"}
    | {"change_file", "issue", "new_refresh", "expire_tokens", "revoke_grant", "set", "clear"}
)


class Control:
    """The log is JSON (`?containing=` keeps the addresses that hold the text).

    Requests to here are not in it.
    """

    def __init__(self, journal: Journal, reset: Callable[[], None], google: Google) -> None:
        self._journal = journal
        self._reset = reset
        self._google = google

    def answer(self, exchange: Exchange) -> None:
        asked = exchange.method, exchange.path
        if asked == ("GET", "/log"):
            exchange.json(self._journal.as_json(exchange.query.get("containing", "")))
        elif asked == ("POST", "/reset"):
            self._reset()
            exchange.json({})
        elif asked == ("GET", "/samples"):
            exchange.json(samples())
        elif exchange.path.startswith("/google/"):
            self._about_google(exchange, exchange.path.removeprefix("/google/"))
        else:
            exchange.not_found()

    def _about_google(self, exchange: Exchange, asked: str) -> None:
        """`fail` and `do` take JSON: a fault, or `[method of Google, its arguments]` in a list."""
        google = self._google
        if (exchange.method, asked) == ("GET", "log"):
            found = [one for one in list(google.log) if exchange.query.get("path", "") in one.path]
            exchange.json([one._asdict() for one in found])
        elif (exchange.method, asked) == ("GET", "tokens"):
            exchange.json(google.tokens())
        elif (exchange.method, asked) == ("POST", "fail"):
            google.fail(**json.loads(exchange.body))
            exchange.json({})
        elif (exchange.method, asked) == ("POST", "do"):
            exchange.json([_done(google, *step) for step in json.loads(exchange.body)])
        elif (exchange.method, asked) == ("POST", "reset"):
            google.restart()
            exchange.json({})
        else:
            exchange.not_found()


def _done(google: Google, method: str, arguments: dict[str, Any]) -> object:
    """What the method returned, where it is something to know."""
    if method not in DOABLE:
        raise ValueError(f"not to be done from here: {method}")
    returned = getattr(google, method)(**arguments)
    return returned if isinstance(returned, str | list) else None


def samples() -> list[dict[str, str]]:
    """Addresses worth pasting, for the demo."""
    shown = [
        sample
        for lesson in catalogue.lessons()
        for sample in (
            {"site": "YouTube", "title": lesson.title, "url": lesson.youtube_url},
            {"site": "Google Drive", "title": lesson.title, "url": lesson.drive_url},
        )
    ]
    playlist = f"https://www.youtube.com/playlist?list={catalogue.DEMO_PLAYLIST}"
    return [*shown, {"site": "YouTube", "title": "Aulas do semestre", "url": playlist}]
