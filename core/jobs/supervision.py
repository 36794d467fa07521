"""What every node does once a second: hand back lost jobs, wake workers, notice a wedged queue."""

import logging
import os
import socket
from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import connections
from django.utils import timezone
from django_q.brokers import get_broker

from core import events, wakeup
from core.database import AWAY, database_now
from core.jobs import holders, lifecycle, node
from core.jobs.kind import ChildKind, JobKind
from core.jobs.work import kinds
from core.models import Status, WorkerHeartbeat
from core.queue import wake_workers

logger = logging.getLogger(__name__)

_WEDGED_SECONDS = 10.0
_HEARTBEAT_SECONDS = 5.0
_TIDY_SECONDS = 10.0
_SILENT_SECONDS = 60.0


class Supervision:
    """Every node looks after all jobs: what it does is conditional, so two at once do no harm."""

    def __init__(self) -> None:
        self.kinds = kinds()
        self.slots = settings.WORKERS * settings.SLOTS_PER_WORKER
        self._waiting_since: dict[JobKind[Any], float] = {}
        self._held: dict[JobKind[Any], frozenset[str]] = {}
        self._last: dict[str, float] = {}

    def look(self) -> str:
        """One round; "wedged" when jobs wait for this node though it has room for them."""
        try:
            return self._look()
        except AWAY as problem:
            logger.warning("The database does not answer: %s", problem)
            self._waiting_since.clear()
            connections.close_all()
            return "blind"

    def _look(self) -> str:
        for kind in self.kinds:
            if lifecycle.sweep(kind):
                logger.warning("Handed back jobs of a worker that is gone")
        waits = [kind for kind in self.kinds if self._can_go_on(kind)]
        if waits:
            self._wake()
        held = {kind: self._tokens(kind) for kind in self.kinds}
        if self._is_due("heartbeat", _HEARTBEAT_SECONDS):
            self._beat(sum(len(tokens) for tokens in held.values()))
        if self._is_due("tidy", _TIDY_SECONDS):
            self._tidy()
        ignored = [kind for kind in waits if self._ignores(kind, held[kind])]
        self._held = held
        return self._judge(ignored)

    def _ignores(self, kind: JobKind[Any], held: frozenset[str]) -> bool:
        """Whether this node should have taken a job that waits, and took none since the last look:
        children have their slots, every other kind has one lane a worker. On a busy machine short
        jobs come and go, so that some slot is always free.
        """
        most = self.slots if isinstance(kind, ChildKind) else settings.WORKERS
        return len(held) < most and held <= self._held.get(kind, frozenset())

    def _can_go_on(self, kind: JobKind[Any]) -> bool:
        """Whether jobs wait that could be started."""
        return not kind.obstacle() and kind.rows().claimable().exists()

    def _tokens(self, kind: JobKind[Any]) -> frozenset[str]:
        """Of the runs this node has in hand."""
        mine = kind.rows().filter(status=Status.RUNNING, holder__startswith=node.name())
        return frozenset(mine.values_list("token", flat=True))

    def _wake(self) -> None:
        wakeup.ring()
        if get_broker().queue_size() == 0:
            wake_workers()

    def _beat(self, busy: int) -> None:
        now = database_now()
        WorkerHeartbeat.objects.update_or_create(
            holder=node.name(),
            defaults={"busy": busy, "seen_at": now},
            create_defaults={
                "node": socket.gethostname()[:100],
                "pid": os.getpid(),
                "slots": self.slots,
                "busy": busy,
                "seen_at": now,
            },
        )

    def _tidy(self) -> None:
        for kind in self.kinds:
            _try(kind.plan)
            _try(kind.sweep_files)
        holders.forget_ended()
        silent = database_now() - timedelta(seconds=_SILENT_SECONDS)
        WorkerHeartbeat.objects.filter(seen_at__lt=silent).delete()
        events.prune(timezone.now())

    def _judge(self, ignored: list[JobKind[Any]]) -> str:
        """A worker of this node with a free slot takes a waiting job within a second."""
        now = monotonic()
        self._waiting_since = {kind: self._waiting_since.get(kind, now) for kind in ignored}
        longest = max((now - since for since in self._waiting_since.values()), default=0.0)
        return "wedged" if longest > _WEDGED_SECONDS else "well"

    def _is_due(self, what: str, seconds: float) -> bool:
        now = monotonic()
        if now - self._last.get(what, 0.0) < seconds and what in self._last:
            return False
        self._last[what] = now
        return True

    def leave(self) -> None:
        """Take the node off the list of those alive."""
        try:
            WorkerHeartbeat.objects.filter(holder=node.name()).delete()
        except AWAY:
            connections.close_all()


def _try(what: Callable[[], object]) -> None:
    """What fails here fails again on a node that starts anew: it is said, and tried next time."""
    try:
        what()
    except AWAY:
        raise
    except Exception:
        logger.exception("A part of the node's tidying failed")
