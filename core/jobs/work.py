"""What a worker does when it is woken: everything that waits, until nothing does."""

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from core.jobs.kind import ChildKind, InlineKind, JobKind
from core.jobs.lane import Lane
from core.jobs.runner import Runner


def kinds() -> list[JobKind[Any]]:
    """All kinds of jobs of the installed apps."""
    return [import_string(path) for path in settings.JOB_KINDS]


def drain() -> None:
    found = kinds()
    lanes = [Lane(kind) for kind in found if isinstance(kind, InlineKind)]
    (children,) = (kind for kind in found if isinstance(kind, ChildKind))
    Runner(children, slots=settings.SLOTS_PER_WORKER, lanes=lanes).drain()
