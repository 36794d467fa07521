"""A child whose whole life one thread follows: for jobs that run inline (core.jobs.kind)."""

import select
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from time import monotonic
from typing import Any

from core.children import client
from core.children.client import Child
from core.children.wire import Message

_TICK_SECONDS = 0.5

Answer = Callable[[Message], Mapping[str, Any]]


def events(
    socket: Path,
    entry: str,
    job: Mapping[str, Any],
    *,
    seconds: float,
    tick: Callable[[], None],
    answer: Answer | None = None,
) -> Generator[Message, None, None]:
    """What the child tells until it ends or its time is over; closing the iterator kills it.

    `tick` is called every half second and may raise; `answer` is what it is asked with.

    :raises OSError: the fork server does not answer
    """
    child = client.launch(socket, entry, job)
    try:
        deadline = monotonic() + seconds
        while not child.ended and monotonic() < deadline:
            tick()
            select.select([child], [], [], _TICK_SECONDS)
            yield from _heard(child, answer)
    finally:
        child.kill()


def _heard(child: Child, answer: Answer | None) -> Iterator[Message]:
    for event in child.read():
        if event["event"] == "ask" and answer is not None:
            child.send(answer(event))
        else:
            yield event
