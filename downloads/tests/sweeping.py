"""Cleanings run as a worker runs them, and things for them to find."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from core import storage
from core.jobs.lane import Lane
from downloads.models import CleaningRun
from downloads.services.cleanings import CLEANINGS


def clean(task: str, *, dry_run: bool = False, **over: Any) -> CleaningRun:
    """One cleaning from its row to its end; by the clock if nobody is named."""
    run = CleaningRun.objects.create(task=task, dry_run=dry_run, **over)
    assert Lane(CLEANINGS, holder="worker-1").run_next()
    run.refresh_from_db()
    return run


def told(run: CleaningRun) -> list[tuple[str, str, str, bool]]:
    """The report in short: what, name, why, done."""
    return [(row["what"], row["title"], row["reason"], row["done"]) for row in run.report]


def figures(run: CleaningRun) -> tuple[str, int, int, int]:
    return run.status, run.found, run.removed, run.bytes


def put(root: str, path: str, content: bytes = b"1234567890") -> Path:
    """A file in `partial` or `library`."""
    top = storage.partial_root() if root == "partial" else storage.library_root()
    file = top / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def ago(**span: float) -> Any:
    return timezone.now() - timedelta(**span)
