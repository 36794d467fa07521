"""What every node does once a second: hand back lost jobs, wake workers, notice a wedged queue."""

import logging
import os
import socket
from datetime import timedelta
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import connections
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.brokers import get_broker

from core import events, wakeup
from core.database import AWAY, database_now
from core.jobs import holders, lifecycle, node
from core.jobs.kind import JobKind
from core.models import Status, WorkerHeartbeat
from core.queue import enqueue

logger = logging.getLogger(__name__)

_WEDGED_SECONDS = 10.0
_HEARTBEAT_SECONDS = 5.0
_TIDY_SECONDS = 10.0
_SILENT_SECONDS = 60.0


class Supervision:
    """Every node looks after all jobs: what it does is conditional, so two at once do no harm."""

    def __init__(self) -> None:
        self.kinds: list[JobKind[Any]] = [import_string(path) for path in settings.JOB_KINDS]
        self.slots = settings.WORKERS * settings.SLOTS_PER_WORKER
        self._waiting_since: float | None = None
        self._last: dict[str, float] = {}

    def look(self) -> str:
        """One round; "wedged" when jobs wait for this node though it has room for them."""
        try:
            return self._look()
        except AWAY as problem:
            logger.warning("The database does not answer: %s", problem)
            self._waiting_since = None
            connections.close_all()
            return "blind"

    def _look(self) -> str:
        for kind in self.kinds:
            if lifecycle.sweep(kind):
                logger.warning("Handed back jobs of a worker that is gone")
        waits = [kind for kind in self.kinds if self._can_go_on(kind)]
        busy = sum(self._busy(kind) for kind in self.kinds)
        for kind in waits:
            self._wake(kind)
        if self._is_due("heartbeat", _HEARTBEAT_SECONDS):
            self._beat(busy)
        if self._is_due("tidy", _TIDY_SECONDS):
            self._tidy()
        return self._judge(bool(waits) and busy < self.slots)

    def _can_go_on(self, kind: JobKind[Any]) -> bool:
        """Whether jobs wait that could be started; if something is in their way, they say so."""
        waiting = kind.rows().claimable()
        if obstacle := kind.obstacle():
            waiting.filter(wait_reason="").update(wait_reason=obstacle)
            return False
        return waiting.exists()

    def _busy(self, kind: JobKind[Any]) -> int:
        mine = kind.rows().filter(status=Status.RUNNING, holder__startswith=node.name())
        return int(mine.count())

    def _wake(self, kind: JobKind[Any]) -> None:
        wakeup.ring()
        if get_broker().queue_size() == 0:
            enqueue(kind.task)

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
            kind.sweep_files()
        holders.forget_ended()
        silent = database_now() - timedelta(seconds=_SILENT_SECONDS)
        WorkerHeartbeat.objects.filter(seen_at__lt=silent).delete()
        events.prune(timezone.now())

    def _judge(self, ignored: bool) -> str:
        """A worker of this node with a free slot takes a waiting job within a second."""
        if not ignored:
            self._waiting_since = None
            return "well"
        self._waiting_since = self._waiting_since or monotonic()
        return "wedged" if monotonic() - self._waiting_since > _WEDGED_SECONDS else "well"

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
