"""How the installation is: every part of it, and what that comes to. Answers within 5 seconds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import storage
from core.database import AWAY
from monitoring.probes import Probe, ask_database, ask_live, ask_storage
from monitoring.selectors import parts
from monitoring.selectors.parts import Part, State

_DATABASE = Probe("database", ask_database)
_STORAGE = Probe("storage", ask_storage)
_LIVE = Probe("live", ask_live)
_ORDER = list(State)


@dataclass(frozen=True, slots=True)
class Report:
    """`parts` in the order in which somebody would look for a cause."""

    status: State
    parts: list[Part]
    at: datetime = field(default_factory=timezone.now)

    @property
    def database_answers(self) -> bool:
        return self.parts[0].status is not State.DOWN


def examine() -> Report:
    """Look at everything. While the database is away, only at what does without it."""
    for probe in (_DATABASE, _STORAGE, _LIVE):
        probe.begin()
    found = [_database()]
    if found[0].status is not State.DOWN:
        asked = (parts.queue, parts.workers, parts.google, parts.programs)
        found += [_patiently(ask) for ask in asked]
    found += [_storage(), _live()]
    return Report(status=max((part.status for part in found), key=_ORDER.index), parts=found)


def database_answers() -> bool:
    _DATABASE.begin()
    return not _DATABASE.problem()


def _database() -> Part:
    facts = {"kind": connection.vendor}
    if problem := _DATABASE.problem():
        text = _("The database does not answer. Nothing works without it.")
        return Part("database", State.DOWN, text, {**facts, "problem": problem})
    return Part("database", State.OK, facts=facts)


def _patiently(ask: Callable[[], Part]) -> Part:
    try:
        return ask()
    except AWAY as problem:
        connection.close()
        text = _("The database does not answer. Nothing works without it.")
        return Part(ask.__name__, State.DOWN, text, {"problem": str(problem)[:300]})


def _storage() -> Part:
    if problem := _STORAGE.problem():
        text = _("Nothing can be written to the media folder. Look at its disk and its owner.")
        return Part("storage", State.DOWN, text, {"problem": problem})
    free = storage.free_bytes()
    facts = {"free_bytes": free, "reserve_bytes": settings.MIN_FREE_BYTES}
    if free < settings.MIN_FREE_BYTES:
        text = _("The disk is almost full: downloads wait until there is room.")
        return Part("storage", State.DEGRADED, text, facts)
    return Part("storage", State.OK, facts=facts)


def _live() -> Part:
    facts = {"by": "redis" if settings.REDIS_URL else "sockets"}
    if problem := _LIVE.problem():
        text = _("Live updates do not arrive; pages are behind until they are loaded again.")
        return Part("live", State.DEGRADED, text, {**facts, "problem": problem})
    return Part("live", State.OK, facts=facts)
