"""django-q2's ORM broker with a bell in place of polling."""

import logging
import time
from typing import Any

from django.db import connections
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.conf import Conf

from core import wakeup
from core.database import AWAY

logger = logging.getLogger(__name__)

_LOOK_AGAIN_SECONDS = 1.0


class WakingBroker(ORM):  # type: ignore[misc]
    """Messages lie in django-q2's own table; a ring tells the pusher to look there.

    See django_q.brokers.orm for the contract. A message is taken by one conditional UPDATE,
    oldest first.
    """

    _listener: wakeup.Listener | None = None

    def enqueue(self, task: str) -> Any:
        key = super().enqueue(task)
        wakeup.ring()
        return key

    def dequeue(self) -> list[tuple[int, str]] | None:
        try:
            listener = self._listening()
            listener.clear()
            taken = self._take()
            if taken:
                return taken
            wakeup.wait(listener, _LOOK_AGAIN_SECONDS)
        except (*AWAY, OSError) as problem:
            logger.warning("The queue cannot be read (%s); looking again in a second", problem)
            self._forget()
        return None

    def _take(self) -> list[tuple[int, str]]:
        rows = self.get_connection().filter(key=self.list_key, lock__lt=timezone.now())
        return [
            (row.pk, row.payload)
            for row in rows.order_by("id")[: Conf.BULK]
            if self.get_connection()
            .filter(id=row.pk, lock=row.lock)
            .update(lock=self.timeout(row))
        ]

    def _listening(self) -> wakeup.Listener:
        if self._listener is None:
            self._listener = wakeup.listen()
        return self._listener

    def _forget(self) -> None:
        """Start afresh after an outage; a moment's sleep keeps a dead database from spinning."""
        self.close()
        connections.close_all()
        time.sleep(_LOOK_AGAIN_SECONDS)

    def close(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
