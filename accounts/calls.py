"""Told of every call to Google and how it ended; apps above register in AppConfig.ready()."""

from collections.abc import Callable

# The status of the answer, None if there was none.
Callback = Callable[[int | None], None]

_CALLBACKS: list[Callback] = []


def on_call(callback: Callback) -> None:
    """Call `callback` after every request to Google that a worker or the web server makes."""
    if callback not in _CALLBACKS:
        _CALLBACKS.append(callback)


def tell(status: int | None) -> None:
    for callback in _CALLBACKS:
        callback(status)
