"""The life of one child: a process group of its own, limits, guard, work, end."""

import importlib
import logging
import os
import resource
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from core.children import guard, proxied, workdir
from core.children.line import Line
from core.children.wire import MAX_LINE_BYTES, Lines, Message
from core.logs import redacted
from core.text import printable

logger = logging.getLogger(__name__)

_DETAIL_LENGTH = 1000
_JOB_SECONDS = 30
# Each of a child and of the programs it starts: a hostile file must not take the machine down.
_MEMORY_BYTES = 3 << 29


def live(connection: socket.socket) -> NoReturn:
    """Run the job that comes over the connection; what it starts dies with the connection."""
    try:
        os.setsid()
        request = _receive(connection)
        emit = Line(connection)
        emit({"event": "started", "pid": os.getpid()})
        threading.Thread(target=emit.listen, daemon=True).start()
        _work(request["entry"], request["job"], emit)
    except BaseException:
        logger.exception("A child broke")
    finally:
        # Whatever threads and exit handlers the libraries left behind: this ends the process.
        os._exit(0)


def _work(entry: str, job: dict[str, Any], emit: Line) -> None:
    try:
        function = _resolve(entry, job)
        if folder := job.get("workdir"):
            workdir.claim(Path(folder), job.get("run", 0))
            os.chdir(folder)
        _restrain(job)
        function(job, emit)
    except workdir.Busy as busy:
        emit(failure(str(busy), busy=True))
    except MemoryError:
        _log(job)
        emit(_too_large())
    except BaseException as error:  # noqa: BLE001  also SystemExit of a library
        _log(job)
        emit(failure(redacted(f"{type(error).__name__}: {error}")))


def _log(job: Mapping[str, Any]) -> None:
    """The traceback, under the name by which people are told of this run."""
    run = f"{Path(job.get('workdir') or 'job').name}-{job.get('run', 0)}"
    logger.error("%s broke", run, exc_info=True)  # noqa: LOG014 - called while one is handled


def failure(detail: str, *, busy: bool = False) -> Message:
    """A failure that is nobody's but ours."""
    return {
        "event": "failed",
        "code": "internal",
        "detail": printable(detail[:_DETAIL_LENGTH]),
        "retryable": True,
        "retry_after": None,
        "busy": busy,
    }


def _too_large() -> Message:
    """The work needs more memory than a child may have, and would so again."""
    return {**failure("out of memory"), "code": "limit.size", "retryable": False}


def _resolve(entry: str, job: dict[str, Any]) -> Callable[[dict[str, Any], Line], None]:
    """`module:function`; a module's `prepare(job)` runs first, still outside the guard."""
    module_name, _, name = entry.partition(":")
    module = importlib.import_module(module_name)
    if prepare := getattr(module, "prepare", None):
        prepare(job)
    function: Callable[[dict[str, Any], Line], None] = getattr(module, name)
    return function


def _restrain(job: Mapping[str, Any]) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY_BYTES, _MEMORY_BYTES))
    if size := job.get("limits", {}).get("file_bytes"):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write then fails with EFBIG
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    sys.dont_write_bytecode = True
    network = job.get("network") or {}
    if network.get("proxy"):
        proxied.install(frozenset(network.get("allowed", ())))
    guard.install(guard.policy_for(job))


def _receive(connection: socket.socket) -> Message:
    connection.settimeout(_JOB_SECONDS)
    lines, messages = Lines(), list[Message]()
    while not messages:
        data = connection.recv(MAX_LINE_BYTES)
        if not data:
            os._exit(0)  # the caller changed its mind
        messages = lines.feed(data)
    connection.settimeout(None)
    return messages[0]
