"""The fork server: imports what the work needs once, then forks a child per connection.

`python -m core.children.server --socket PATH --preload module,module`

One thread, so that forking is safe. Children outlive it: they hang on their own connections, so
that its death costs no running work, and a new server takes the place for the next ones.
"""

import argparse
import contextlib
import ctypes
import gc
import importlib
import logging
import os
import selectors
import signal
import socket
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

from core.children import process
from core.children.wire import pack, socket_name
from core.logs import RedactingFilter

logger = logging.getLogger(__name__)

_BACKLOG = 128
_PR_SET_PDEATHSIG = 1


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--preload", default="")
    parser.add_argument("--die-with-parent", type=int, metavar="PID", default=0)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    for handler in logging.getLogger().handlers:
        handler.addFilter(RedactingFilter())
    if options.die_with_parent:
        _die_with(options.die_with_parent)
    _preload(name for name in options.preload.split(",") if name)
    Server(options.socket).serve()


def _die_with(parent: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the parent is gone already")


def _preload(modules: Iterable[str]) -> None:
    for name in modules:
        module = importlib.import_module(name)
        if warm := getattr(module, "warm", None):
            warm()
    gc.collect()
    gc.freeze()  # a collection in a child would otherwise touch, and so copy, every page


class Server:
    def __init__(self, path: Path) -> None:
        self._listener = _listen(path)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._woken, self._wakes = socket.socketpair()
        for end in (self._woken, self._wakes):
            end.setblocking(False)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._stopping = False

    def serve(self) -> None:
        signal.set_wakeup_fd(self._wakes.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the supervisor's to answer
        while not self._stopping:
            for key, _ in self._selector.select():
                if key.fileobj is self._listener:
                    self._accept()
                else:
                    self._woken.recv(4096)
            _bury_the_dead()

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        try:
            if os.fork() == 0:
                self._become_child(connection)
        except OSError as error:
            logger.exception("cannot fork")
            with contextlib.suppress(OSError):  # the caller may be gone
                # Nothing was begun, so that the job can be handed back as it was.
                connection.sendall(pack(process.failure(f"cannot fork: {error}", busy=True)))
        finally:
            connection.close()

    def _become_child(self, connection: socket.socket) -> NoReturn:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        self._selector.close()
        for mine in (self._listener, self._woken, self._wakes):
            mine.close()
        process.live(connection)


def _listen(path: Path) -> socket.socket:
    """The socket gets its name only once it answers, so a name that is there means ready."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    old_mask = os.umask(0o177)
    try:
        with socket_name(draft) as name:
            listener.bind(name)
    finally:
        os.umask(old_mask)
    listener.listen(_BACKLOG)
    draft.rename(path)
    return listener


def _bury_the_dead() -> None:
    """Before a dead child is reaped its number cannot be given to another process, so this is
    the one safe moment to end what its process group has left behind.
    """
    while True:
        try:
            dead = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if dead is None:
            return
        with contextlib.suppress(ProcessLookupError):  # it may never have had a group
            os.killpg(dead.si_pid, signal.SIGKILL)
        os.waitpid(dead.si_pid, 0)


if __name__ == "__main__":
    main()
