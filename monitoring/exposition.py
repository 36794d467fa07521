"""The page of metrics: figures of this machine's processes, and of the database."""

import os

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from core.database import AWAY
from monitoring.collector import DatabaseCollector
from monitoring.selectors import figures
from monitoring.services.folding import fold_events

CONTENT_TYPE = CONTENT_TYPE_LATEST

_SHARED = "PROMETHEUS_MULTIPROC_DIR"


def text(*, database: bool) -> bytes:
    """In Prometheus' own format; `database` False leaves out what only it knows."""
    known = None
    if database:
        try:
            fold_events()
            known = figures.read()
        except AWAY:
            known = None
    registry = CollectorRegistry()
    registry.register(DatabaseCollector(known))
    return generate_latest(registry) + generate_latest(_of_processes())


def _of_processes() -> CollectorRegistry:
    """All long-running processes of this machine share a folder; any other is alone."""
    if _SHARED not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
