"""What Linux offers to keep a tree of processes together."""

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterable

import psutil

TREE_VARIABLE = "CLASSROOM_TREE"

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def bind_forks(sent: signal.Signals = signal.SIGKILL) -> None:
    """From now on every process forked here, and by those in turn, ends with its parent."""
    bond = _Bond(sent)
    os.register_at_fork(before=bond.remember_parent, after_in_child=bond.bind)


def bound(sent: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn` with which a started program gets `sent` when this process ends."""
    bond = _Bond(sent)
    bond.remember_parent()
    return bond.bind


class _Bond:
    """See prctl(2), PR_SET_PDEATHSIG. Elsewhere than on Linux it does nothing, and stopping
    relies on the parent alone.
    """

    def __init__(self, sent: signal.Signals) -> None:
        self.sent = sent
        self.parent = 0
        self.prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None

    def remember_parent(self) -> None:
        self.parent = os.getpid()

    def bind(self) -> None:
        if self.prctl is None:
            return
        self.prctl(_PR_SET_PDEATHSIG, self.sent, 0, 0, 0)
        if os.getppid() != self.parent:
            os._exit(1)  # it ended before we asked


def adopt_orphans() -> None:
    """Descendants whose parent ends become children of this process instead of init's."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap_orphans(except_for: Iterable[int | None]) -> None:
    """Clear away ended descendants that were adopted; the own ones are waited for elsewhere."""
    own = set(except_for)
    for child in psutil.Process().children():
        try:
            if child.pid not in own and child.status() == psutil.STATUS_ZOMBIE:
                # Not reaped yet, its number is still its own: end what its group left behind.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                os.waitpid(child.pid, os.WNOHANG)
        except (psutil.NoSuchProcess, ChildProcessError):
            continue


def kill_descendants() -> None:
    _kill(psutil.Process().children(recursive=True))


def kill_tree_of(mark: str) -> int:
    """Kill what an earlier start with this mark has left alive; return how many.

    The mark is an environment variable that every process of the tree inherits, so it is found
    also when it has lost its parents.
    """
    return _kill([process for process in psutil.process_iter() if _is_marked(process, mark)])


def _is_marked(process: psutil.Process, mark: str) -> bool:
    if process.pid == os.getpid():
        return False
    try:
        return bool(process.environ().get(TREE_VARIABLE) == mark)
    except (psutil.Error, OSError):
        return False


def _kill(processes: list[psutil.Process]) -> int:
    killed = 0
    for process in processes:
        try:
            process.kill()
            killed += 1
        except psutil.Error:
            continue
    psutil.wait_procs(processes, timeout=3)
    return killed
