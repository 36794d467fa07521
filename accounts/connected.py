"""Told of every account that comes or goes; apps above this one register in AppConfig.ready()."""

from collections.abc import Callable

from accounts.models import Credential

Callback = Callable[[Credential], None]

_CALLBACKS: list[Callback] = []
_FAREWELLS: list[Callback] = []


def on_connected(callback: Callback) -> None:
    """Call `callback` whenever an account was connected or reconnected, once that is committed."""
    if callback not in _CALLBACKS:
        _CALLBACKS.append(callback)


def on_disconnected(callback: Callback) -> None:
    """Call `callback` whenever an account was disconnected, once that is committed."""
    if callback not in _FAREWELLS:
        _FAREWELLS.append(callback)


def announce(credential: Credential) -> None:
    for callback in _CALLBACKS:
        callback(credential)


def announce_end(credential: Credential) -> None:
    for callback in _FAREWELLS:
        callback(credential)
