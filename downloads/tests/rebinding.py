"""A child whose name server changes its mind. Runs in the child: it imports nothing of Django."""

import socket
from typing import Any

from downloads.engines import child
from downloads.engines.base import Parent

prepare = child.prepare


def run(job: Any, emit: Parent) -> None:
    """`names`: for each name the answers, look-up by look-up; the last one stays. An empty one

    says that there is no such name.
    """
    real = socket.getaddrinfo
    answers: dict[str, list[list[str]]] = job["names"]

    def resolve(host: str, port: int, *how: Any, **more: Any) -> Any:
        if host not in answers:
            return real(host, port, *how, **more)
        left = answers[host]
        found = left.pop(0) if len(left) > 1 else left[0]
        emit({"event": "looked_up", "found": found})
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [_answer(address, port) for address in found]

    socket.getaddrinfo = resolve  # type: ignore[assignment]
    child.run(job, emit)


def _answer(address: str, port: int) -> Any:
    if ":" in address:
        return socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0)
    return socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)
