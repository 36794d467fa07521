"""Cleaning as a background job: what staff, or the clock, ask for."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from accounts.deeds import Deed
from accounts.models import User
from accounts.roles import Power
from accounts.services import audit
from core import queue
from core.database import database_now, read_clock
from core.errors import Forbidden
from core.jobs import lifecycle
from core.jobs.kind import Beat, Ended, InlineKind, Move
from core.models import ENDED, JobQuerySet, Status
from downloads.models import CleaningRun, CleaningTask
from downloads.services import cleaning, orphans, records, retention
from downloads.services.tally import Tally
from library.models import Video

DAY = timedelta(days=1)
FIRST_AFTER = timedelta(minutes=10)  # a node that has just begun has other things to do
TEMPORARY_EVERY = timedelta(minutes=5)

TASKS: Mapping[str, Callable[[Tally], None]] = {
    CleaningTask.INCOMPLETE: cleaning.remove_incomplete,
    CleaningTask.TEMPORARY: retention.remove_temporary,
    CleaningTask.ORPHANED: orphans.remove_orphans,
    CleaningTask.RETENTION: retention.apply_rules,
    CleaningTask.RECORDS: records.remove_old,
}
_DAILY = frozenset(CleaningTask) - {CleaningTask.TEMPORARY}


class CleaningKind(InlineKind[CleaningRun]):
    """Its row tells all there is to know, and nobody waits for it: its moves are not recorded."""

    def rows(self) -> JobQuerySet[CleaningRun]:
        return CleaningRun.objects.all()

    def moved(self, moves: Sequence[Move[CleaningRun]], reason: str, actor: str) -> None: ...

    def obstacle(self) -> str:
        return ""

    def plan(self) -> None:
        make_due()

    def work(self, job: CleaningRun, beat: Beat) -> dict[str, Any]:
        tally = Tally(job, beat)
        try:
            TASKS[job.task](tally)
        except Ended:
            tally.show()
            raise
        return tally.fields()


CLEANINGS = CleaningKind()


def request_cleaning(*, by: User, task: CleaningTask, dry_run: bool = False) -> CleaningRun:
    """Clean now, or only look what would be removed; one that waits or is under way is found.

    :raises Forbidden: only staff clean
    """
    _check(by)
    try:
        with transaction.atomic():
            run = _pulled_forward(by, task, dry_run=dry_run) or _queued(
                task, dry_run=dry_run, requested_by=by, available_at=database_now()
            )
            deed = Deed.CLEANING_STARTED
            audit.record(deed, by=by, target=run, task=task, dry_run=dry_run)
    except IntegrityError:  # somebody asked for the same at this moment, and was quicker
        active = CleaningRun.objects.active().filter(task=task, dry_run=dry_run)
        twin = active.first()
        if twin is None:
            raise
        return twin
    queue.wake_workers()
    return run


def cancel_cleaning(*, by: User, run: CleaningRun) -> None:
    """Stop it; what it has removed stays so. One that has ended is left as it is.

    :raises Forbidden: only staff clean
    """
    _check(by)
    with transaction.atomic():
        if lifecycle.cancel(CLEANINGS, [run.pk], actor=f"user:{by.pk}"):
            audit.record(Deed.CLEANING_STOPPED, by=by, target=run, task=run.task)
    run.refresh_from_db()


def make_due() -> None:
    """Every kind once a day; temporary videos soon after their time.

    Of two nodes that see the same is missing, the database lets one make it.
    """
    active = CleaningRun.objects.active().filter(dry_run=False)
    there = set(active.values_list("task", flat=True))
    for task in sorted(_DAILY - there):
        _plan(task, _next_time(task))
    if CleaningTask.TEMPORARY not in there and _are_temporary_due():
        _plan(CleaningTask.TEMPORARY, database_now())


def _check(by: User) -> None:
    if not by.may(Power.SETTINGS):
        raise Forbidden


def _pulled_forward(by: User, task: CleaningTask, *, dry_run: bool) -> CleaningRun | None:
    """The one there is; planned for later, it begins now and is the wish of whoever asks."""
    rows = CleaningRun.objects.select_for_update(of=("self",))
    run = rows.filter(task=task, dry_run=dry_run, id__in=CleaningRun.objects.active()).first()
    if run is not None and run.status == Status.QUEUED:
        waiting = CleaningRun.objects.filter(id=run.pk, status=Status.QUEUED)
        waiting.update(available_at=database_now(), requested_by=by)
        run.refresh_from_db()
    return run


def _queued(task: CleaningTask, **fields: Any) -> CleaningRun:
    run = CleaningRun.objects.create(task=task, **fields)
    run.refresh_from_db()
    return run


def _plan(task: CleaningTask, at: Any) -> None:
    try:
        with transaction.atomic():
            _queued(task, available_at=at)
    except IntegrityError:  # another node has planned it
        return


def _next_time(task: CleaningTask) -> datetime:
    ended = CleaningRun.objects.filter(task=task, dry_run=False, status__in=ENDED)
    last = ended.order_by("-id").values_list("finished_at", flat=True).first()
    return last + DAY if last else read_clock() + FIRST_AFTER


def _are_temporary_due() -> bool:
    now = read_clock()
    if not Video.objects.filter(expires_at__lte=now, pinned=False).exists():
        return False
    lately = CleaningRun.objects.filter(
        task=CleaningTask.TEMPORARY, dry_run=False, created_at__gt=now - TEMPORARY_EVERY
    )
    return not lately.exists()
