"""Newer versions of an installed package, in a folder beside it, switched in one step.

`<folder>/<version>/` holds what an installer put there; `state.json` says which version is in use
and which one was before. A version counts only as long as the one of the environment is the one
it was chosen over, or an older one: an upgrade of the whole product is not held back by it.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

INSTALLED = "installed"

_STATE = "state.json"
_VERSION = re.compile(r"\d+(\.\d+){0,4}(\.?(dev|post|rc)\d+)?\Z")
_KEPT = 3  # a child may still load modules of the version before

_refused: set[Path] = set()


@dataclass(frozen=True, slots=True)
class Choice:
    """A version somebody chose, and the one of the environment at that moment."""

    version: str
    over: str


@dataclass(frozen=True, slots=True)
class State:
    """None stands for the version of the environment; `before` is what a roll-back goes to."""

    current: Choice | None = None
    before: Choice | None = None


class NothingBefore(Exception):
    """There is no version to go back to."""


def is_version(text: str) -> bool:
    return bool(_VERSION.match(text))


def order_of(version: str) -> tuple[int, ...]:
    """Something to compare versions by."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


def date_of(version: str) -> date | None:
    """The day a version was made on, if it is named after that (2026.10.26)."""
    try:
        return date(*order_of(version)[:3])
    except (TypeError, ValueError):
        return None


def read(folder: Path) -> State:
    """What was chosen; a state that cannot be read is none."""
    try:
        told = json.loads((folder / _STATE).read_text(encoding="utf-8"))
        return State(current=_choice(told["current"]), before=_choice(told["before"]))
    except (OSError, ValueError, LookupError, TypeError):
        return State()


def active(folder: Path, *, installed: str) -> Path | None:
    """The folder to be put before the installed packages; None if theirs is in use."""
    choice = read(folder).current
    if choice is None or not is_version(choice.version):
        return None
    outdated = order_of(choice.version) <= order_of(installed) and installed != choice.over
    path = folder / choice.version
    return None if outdated or path in _refused or not path.is_dir() else path


def refuse(path: Path) -> None:
    """Never again in this process: nothing starts with it here."""
    _refused.add(path)


def switch(folder: Path, version: str, *, installed: str) -> None:
    """Use this version from now on. INSTALLED: that of the environment."""
    state = read(folder)
    choice = None if version == INSTALLED else Choice(version, over=installed)
    if choice != state.current:
        _write(folder, State(current=choice, before=state.current))


def roll_back(folder: Path) -> str:
    """Use what was used before the last switch; return its version or INSTALLED.

    :raises NothingBefore: nothing was ever switched
    """
    if not (folder / _STATE).exists():
        raise NothingBefore
    state = read(folder)
    _write(folder, State(current=state.before, before=state.current))
    return state.before.version if state.before else INSTALLED


def forget_old(folder: Path) -> list[str]:
    """Remove all versions but the newest few and those that may be used; return them."""
    state = read(folder)
    used = {choice.version for choice in (state.current, state.before) if choice}
    found = [path.name for path in folder.glob("*") if path.is_dir() and is_version(path.name)]
    kept = used | set(sorted(found, key=order_of)[-_KEPT:])
    gone = sorted(set(found) - kept, key=order_of)
    for name in gone:
        shutil.rmtree(folder / name, ignore_errors=True)
    return gone


@contextmanager
def in_front(path: Path | None) -> Iterator[None]:
    """Python programs started meanwhile find this folder's packages before the installed ones."""
    before = os.environ.get("PYTHONPATH")
    wanted = os.pathsep.join(filter(None, [str(path) if path else "", before or ""]))
    try:
        if wanted:
            os.environ["PYTHONPATH"] = wanted
        yield
    finally:
        if before is None:
            os.environ.pop("PYTHONPATH", None)
        else:
            os.environ["PYTHONPATH"] = before


def _choice(told: dict[str, Any] | None) -> Choice | None:
    return Choice(str(told["version"]), str(told["over"])) if told else None


def _write(folder: Path, state: State) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    told = {name: _told(getattr(state, name)) for name in ("current", "before")}
    draft = folder / f".{_STATE}.{os.getpid()}"
    draft.write_text(json.dumps(told), encoding="utf-8")
    draft.replace(folder / _STATE)


def _told(choice: Choice | None) -> dict[str, str] | None:
    return {"version": choice.version, "over": choice.over} if choice else None
