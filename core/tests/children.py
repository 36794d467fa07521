"""Waiting for children of the fork server in tests."""

import os
import select
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import coverage
import psutil

from core.children.client import Child, ForkServer

Event = dict[str, Any]


def hear(child: Child, until: str = "", *, seconds: float = 15) -> list[Event]:
    """What it says up to an event of this kind, or else to its end."""
    heard: list[Event] = []
    deadline = time.monotonic() + seconds
    while not child.ended:
        left = deadline - time.monotonic()
        assert left > 0, f"no {until or 'end'} within {seconds} s, but {heard}"
        select.select([child], [], [], left)
        heard += child.read()
        if until and any(event["event"] == until for event in heard):
            return heard
    child.kill()
    return heard


def last(child: Child, *, seconds: float = 15) -> Event:
    heard = hear(child, seconds=seconds)
    assert heard, "the child said nothing"
    return heard[-1]


def measured() -> list[str]:
    """Where a child leaves its figures while coverage is measured."""
    current = coverage.Coverage.current()
    if current is None:
        return []
    return [str(Path(str(current.get_option("run:data_file"))).parent.absolute())]


def pid_of(running: Child | ForkServer) -> int:
    assert running.pid  # to signal group 0 would be to signal the tests
    return running.pid


def lose(child: Child) -> None:
    """What the kernel does for a caller that dies."""
    child._connection.close()
    child.ended = True


def eventually(condition: Callable[[], bool], *, seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def is_running(pid: int) -> bool:
    """Neither gone nor waiting to be buried."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def is_gone(pid: int, *, seconds: float = 5) -> bool:
    return eventually(lambda: not is_running(pid), seconds=seconds)


def group_of(pid: int) -> list[int]:
    """The processes of this group that still run."""
    members = []
    for member in psutil.pids():
        try:
            if os.getpgid(member) == pid and is_running(member):
                members.append(member)
        except ProcessLookupError:
            continue
    return members
