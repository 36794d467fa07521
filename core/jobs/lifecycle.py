"""The only code that writes a job's status: conditional updates, each recorded as it happens."""

import random
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from core.database import database_now
from core.jobs import holders
from core.jobs.kind import Failure, Fenced, JobKind, Lease, Move
from core.jobs.states import sources_of
from core.models import Status
from core.models.job import AnyJob
from core.text import printable

MAX_HAND_BACKS = 10
_LONGEST_WAIT_SECONDS = 600
_LONGEST_DETAIL = 2000
_CANDIDATES = 20

_FREE: dict[str, Any] = {"token": "", "holder": "", "lease_until": None, "stage": ""}


def move(
    kind: JobKind[AnyJob],
    *,
    job_id: int,
    target: Status,
    actor: str,
    reason: str = "",
    where: Q | None = None,
    fields: dict[str, Any] | None = None,
) -> AnyJob | None:
    """Move a job, if it is still where that is allowed and `where` holds; None otherwise."""
    moved = move_many(
        kind, [job_id], target=target, actor=actor, reason=reason, where=where, fields=fields
    )
    return moved[0] if moved else None


def move_many(
    kind: JobKind[AnyJob],
    job_ids: Sequence[int],
    *,
    target: Status,
    actor: str,
    reason: str = "",
    where: Q | None = None,
    fields: dict[str, Any] | None = None,
) -> list[AnyJob]:
    """Move those of these jobs for which it is allowed, all in a few queries; return them.

    Their rows are locked in the order of their ids, before anything else is.
    """
    condition = Q(where or Q(), id__in=job_ids, status__in=sources_of(target))
    with transaction.atomic():
        rows = kind.rows().select_for_update(of=("self",), no_key=True).order_by("id")
        sources = {job.pk: Status(job.status) for job in rows.filter(condition)}
        if not sources:
            return []
        kind.rows().filter(id__in=sources).update(status=target, **(fields or {}))
        jobs = list(kind.rows().filter(id__in=sources).order_by("id"))
        kind.moved([Move(job, sources[job.pk]) for job in jobs], reason, actor)
        return jobs


def claim(kind: JobKind[AnyJob], *, holder: str) -> AnyJob | None:
    """Take the next job in turn; of two workers who want the same row one gets it.

    The UPDATE looks at this row alone. With a join its conditions would move into a subquery,
    which PostgreSQL does not ask again after it has waited for the other worker.
    """
    for job_id in kind.rows().claimable().next_ids(_CANDIDATES):
        with transaction.atomic():
            taken = kind.admits(job_id) and (
                kind.rows()
                .due()
                .filter(id=job_id)
                .update(
                    status=Status.RUNNING,
                    token=uuid.uuid4().hex,
                    holder=holder,
                    lease_until=_lease_end(),
                    run=F("run") + 1,
                    started_at=Coalesce("started_at", database_now()),
                    wait_reason="",
                    error_code="",
                    error_detail="",
                )
            )
            if taken:
                job = kind.rows().get(id=job_id)
                kind.moved([Move(job, Status.QUEUED)], "", f"worker:{holder}")
                return job
    return None


def extend(kind: JobKind[AnyJob], updates: dict[Lease, dict[str, Any]]) -> list[Lease]:
    """Renew leases and write progress, all in one transaction; return the leases that are lost."""
    with transaction.atomic():
        return [
            lease
            for lease, fields in updates.items()
            if not kind.rows().held(lease).update(lease_until=_lease_end(), **fields)
        ]


def complete(kind: JobKind[AnyJob], lease: Lease, **fields: Any) -> AnyJob:
    """:raises Fenced: the lease is no longer held"""
    done = {
        **_free(kind),
        "finished_at": database_now(),
        "error_code": "",
        "error_detail": "",
        **fields,
    }
    job = move(
        kind,
        job_id=lease.job_id,
        target=Status.COMPLETED,
        actor="worker",
        where=Q(token=lease.token),
        fields=done,
    )
    if job is None:
        raise Fenced
    return job


def fail(kind: JobKind[AnyJob], lease: Lease, failure: Failure) -> AnyJob | None:
    """Count a failed attempt: queue the job for the next one, or give it up."""
    with transaction.atomic():
        job = kind.rows().select_for_update(of=("self",), no_key=True).held(lease).first()
        if job is None:
            return None
        attempt = job.attempt + 1
        again = failure.retryable and attempt < settings.WORKER_MAX_RETRIES
        fields = {
            **_free(kind),
            "attempt": attempt,
            "error_code": failure.code,
            "error_detail": printable(failure.detail)[:_LONGEST_DETAIL],
        }
        if again:
            wait = timedelta(seconds=_wait_before(attempt, failure.retry_after))
            fields |= {"available_at": database_now() + wait, "wait_reason": "retry"}
        else:
            fields |= {"finished_at": database_now()}
        return move(
            kind,
            job_id=lease.job_id,
            target=Status.QUEUED if again else Status.FAILED,
            actor="worker",
            reason=failure.code,
            fields=fields,
        )


def put_back(
    kind: JobKind[AnyJob], lease: Lease, *, reason: str, delay_seconds: float
) -> AnyJob | None:
    """Return a job that could not be begun; this is nobody's failure and counts nowhere."""
    return move(
        kind,
        job_id=lease.job_id,
        target=Status.QUEUED,
        actor="worker",
        reason=reason,
        where=Q(token=lease.token),
        fields={**_free(kind), "available_at": database_now() + timedelta(seconds=delay_seconds)},
    )


def hand_back(
    kind: JobKind[AnyJob], job_id: int, *, where: Q, reason: str, actor: str = "sweeper"
) -> AnyJob | None:
    """Return the job of a worker that is lost or leaving; too many times is a failure."""
    condition = Q(where, status=Status.RUNNING)
    often = condition & Q(handed_back__gte=MAX_HAND_BACKS)
    counted = {**_free(kind), "handed_back": F("handed_back") + 1}
    gave_up = move(
        kind,
        job_id=job_id,
        target=Status.FAILED,
        actor=actor,
        reason="job.crashed",
        where=often,
        fields={**counted, "finished_at": database_now(), "error_code": "job.crashed"},
    )
    return gave_up or move(
        kind,
        job_id=job_id,
        target=Status.QUEUED,
        actor=actor,
        reason=reason,
        where=condition,
        fields={**counted, "available_at": database_now(), "wait_reason": ""},
    )


def cancel(kind: JobKind[AnyJob], job_ids: Sequence[int], *, actor: str) -> list[AnyJob]:
    """Those that had not ended yet."""
    return move_many(
        kind,
        job_ids,
        target=Status.CANCELLED,
        actor=actor,
        fields={
            **_free(kind),
            "finished_at": database_now(),
            "wait_reason": "",
            "error_code": "",
            "error_detail": "",
        },
    )


def requeue(
    kind: JobKind[AnyJob], job_ids: Sequence[int], *, actor: str, **fields: Any
) -> list[AnyJob]:
    """Queue ended jobs anew, with all their attempts; those that failed or were cancelled."""
    return move_many(
        kind,
        job_ids,
        target=Status.QUEUED,
        actor=actor,
        where=Q(status__in=[Status.FAILED, Status.CANCELLED]),
        fields={
            **_free(kind),
            "attempt": 0,
            "handed_back": 0,
            "available_at": database_now(),
            "started_at": None,
            "finished_at": None,
            "wait_reason": "",
            "error_code": "",
            "error_detail": "",
            **fields,
        },
    )


def sweep(kind: JobKind[AnyJob]) -> int:
    """Hand back the jobs of workers that have died or fallen silent; return how many."""
    running = kind.rows().filter(status=Status.RUNNING)
    dead = holders.gone(set(running.values_list("holder", flat=True)))
    found = [
        hand_back(kind, job_id, where=Q(holder=holder), reason="worker_died")
        for job_id, holder in running.filter(holder__in=dead).values_list("id", "holder")
    ]
    found += [
        hand_back(kind, job_id, where=Q(lease_until__lt=database_now()), reason="lease_lapsed")
        for job_id in kind.rows().lapsed().values_list("id", flat=True)
    ]
    return sum(job is not None for job in found)


def _free(kind: JobKind[AnyJob]) -> dict[str, Any]:
    return {**_FREE, **kind.idle_fields}


def _lease_end() -> Any:
    return database_now() + timedelta(seconds=settings.LEASE_SECONDS)


def _wait_before(attempt: int, retry_after: float | None) -> float:
    """Exponential with full jitter, never shorter than what the source asked for."""
    longest = min(settings.RETRY_BASE_SECONDS * 2 ** (attempt - 1), _LONGEST_WAIT_SECONDS)
    return random.uniform(0, longest) + (retry_after or 0)  # noqa: S311 - no secret
