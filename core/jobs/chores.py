"""What other apps have every worker node do now and then: short, and harmless when doubled."""

import logging
from time import monotonic

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from core.database import AWAY

logger = logging.getLogger(__name__)

_EVERY_SECONDS = 10.0


class Chores:
    def __init__(self) -> None:
        self._chores = [import_string(path) for path in settings.NODE_CHORES]
        self._last = 0.0

    def do_due(self) -> None:
        """A chore that fails is said and tried again; the node's own work does not hang on it."""
        if self._last and monotonic() - self._last < _EVERY_SECONDS:
            return
        self._last = monotonic()
        for chore in self._chores:
            try:
                chore()
            except AWAY as problem:
                logger.warning("The database does not answer: %s", problem)
                connection.close()
            except Exception:
                logger.exception("A chore of the node failed")
