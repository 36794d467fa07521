"""The thread of a worker on which jobs of one kind run that need no child process, in turn."""

import logging
import threading
import time
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.models import Q

from core.database import AWAY
from core.jobs import lifecycle, node
from core.jobs.kind import Ended, Failure, Fenced, InlineKind, Lease, Leaving
from core.models.job import Job

logger = logging.getLogger(__name__)

_BEAT_SECONDS = 1.0
_LEAVE_SECONDS = 5.0


class Lane:
    """Begun by a poke that finds work for it; it ends by itself when nothing waits.

    A thread that has not beaten for as long as a lease hangs in something that no time-out ends.
    Its job goes back by its lease, and the next poke begins another thread.
    """

    def __init__(self, kind: InlineKind[Any], *, holder: str = "") -> None:
        self.kind = kind
        self.holder = holder
        self._thread: threading.Thread | None = None
        self._beat: _Beat | None = None

    @property
    def is_busy(self) -> bool:
        return self._is_alive() and not (self._beat and self._beat.has_lapsed)

    def poke(self) -> None:
        """There may be something to do. A look costs less than a thread with its connection."""
        if self.is_busy or node.is_stopping():
            return
        if self.kind.rows().claimable().exists():
            self._thread = threading.Thread(target=self._run, name="lane", daemon=True)
            self._thread.start()

    def leave(self) -> None:
        """Give the running job the time to hand itself back, or else do it in its place."""
        if self._thread is None:
            return
        self._thread.join(_LEAVE_SECONDS)
        if self._is_alive() and self._beat:
            self._beat.hand_back()

    def run_next(self) -> bool:
        """Take the next job and end it, one way or another; False when none waits."""
        kind = self.kind
        job = None if kind.obstacle() else lifecycle.claim(kind, holder=self.holder)
        if job is None:
            return False
        self._beat = beat = _Beat(kind, job)
        _work(kind, job, beat)
        return True

    def _run(self) -> None:
        try:
            while not node.is_stopping() and not self._is_replaced() and self.run_next():
                pass
        except AWAY as problem:
            logger.warning("The database does not answer: %s", problem)
        finally:
            connections.close_all()

    def _is_alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _is_replaced(self) -> bool:
        """Whether this thread was given up meanwhile, and another one has begun."""
        return self._thread not in (None, threading.current_thread())


def _work(kind: InlineKind[Any], job: Job, beat: "_Beat") -> None:
    try:
        fields = kind.work(job, beat)
        lifecycle.complete(kind, beat.lease, **fields)
    except Fenced:
        kind.release(job)
    except Leaving:
        beat.hand_back()
    except Ended as end:
        _conclude(kind, beat.lease, end)
    except AWAY:
        raise  # the lease runs out, and the job goes back
    except Exception as problem:
        logger.exception("Could not go on with %s", job)
        lifecycle.fail(kind, beat.lease, Failure("internal", repr(problem), retryable=True))


def _conclude(kind: InlineKind[Any], lease: Lease, end: Ended) -> None:
    match end.why:
        case Failure() as failure:
            lifecycle.fail(kind, lease, failure)
        case why:
            lifecycle.put_back(kind, lease, reason=why.reason, delay_seconds=why.delay_seconds)


class _Beat:
    """See core.jobs.kind.Beat."""

    def __init__(self, kind: InlineKind[Any], job: Job) -> None:
        self.lease = Lease(job.pk, job.token)
        self._kind, self._job = kind, job
        self._beaten = monotonic()

    @property
    def has_lapsed(self) -> bool:
        return monotonic() - self._beaten > settings.LEASE_SECONDS

    def __call__(self, **fields: Any) -> None:
        if node.is_stopping():
            raise Leaving
        if not fields and monotonic() - self._beaten < _BEAT_SECONDS:
            return
        if lifecycle.extend(self._kind, {self.lease: fields}):
            raise Fenced
        self._beaten = monotonic()
        for name, value in fields.items():
            setattr(self._job, name, value)

    def pause(self, seconds: float) -> None:
        end = monotonic() + seconds
        while (left := end - monotonic()) > 0:
            time.sleep(min(left, _BEAT_SECONDS))
            self()

    def hand_back(self) -> None:
        """The job goes back as it is; whoever still works on it is fenced from now on."""
        here = Q(token=self.lease.token)
        lifecycle.hand_back(
            self._kind, self.lease.job_id, where=here, reason="worker_left", actor="worker"
        )
