"""The sandbox about itself: `/_sandbox/log`, `/_sandbox/reset`, `/_sandbox/samples`."""

from collections.abc import Callable

from sandbox import catalogue
from sandbox.exchange import Exchange
from sandbox.journal import Journal

PREFIX = "_sandbox"


class Control:
    """The log is JSON (`?containing=` keeps the addresses that hold the text).

    Requests to here are not in it.
    """

    def __init__(self, journal: Journal, reset: Callable[[], None]) -> None:
        self._journal = journal
        self._reset = reset

    def answer(self, exchange: Exchange) -> None:
        asked = exchange.method, exchange.path
        if asked == ("GET", "/log"):
            exchange.json(self._journal.as_json(exchange.query.get("containing", "")))
        elif asked == ("POST", "/reset"):
            self._reset()
            exchange.json({})
        elif asked == ("GET", "/samples"):
            exchange.json(samples())
        else:
            exchange.not_found()


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
