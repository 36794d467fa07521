"""What the API tells of synchronisations."""

from typing import Annotated, TypedDict

from core.models import Status
from core.shapes import Moment, moment, moment_or_none
from courses.api.paging import TokenShape
from courses.models import Sync
from courses.problems import explain


class SyncErrorAnswer(TypedDict):
    """Why a synchronisation failed."""

    code: str
    message: Annotated[str, "What happened, in plain words."]
    advice: Annotated[str, "What to do about it."]


class SyncAnswer(TypedDict):
    """One reading of an account's courses, or of one of them."""

    id: int
    status: Status
    wait_reason: Annotated[str | None, "While it waits."]
    credential_id: int
    course_id: Annotated[int | None, "Null: all courses of the account."]
    full: Annotated[bool, "Everything is compared, not only what changed."]
    courses_total: int
    courses_done: int
    items_seen: Annotated[int, "Coursework read."]
    videos_found: int
    changes: int
    now_reading: Annotated[str | None, "The course that is being read."]
    error: SyncErrorAnswer | None
    created_at: Moment
    started_at: Moment | None
    finished_at: Moment | None


class SyncList(TokenShape):
    results: list[SyncAnswer]


class SyncsStarted(TypedDict):
    """One for each account that is read."""

    results: list[SyncAnswer]


def sync_answer(sync: Sync) -> SyncAnswer:
    return SyncAnswer(
        id=sync.pk,
        status=Status(sync.status),
        wait_reason=_wait_reason(sync),
        credential_id=sync.credential_id,
        course_id=sync.course_id,
        full=sync.full,
        courses_total=sync.courses_total,
        courses_done=sync.courses_done,
        items_seen=sync.items_seen,
        videos_found=sync.videos_found,
        changes=sync.changes,
        now_reading=sync.now_reading or None,
        error=_error(sync),
        created_at=moment(sync.created_at),
        started_at=moment_or_none(sync.started_at),
        finished_at=moment_or_none(sync.finished_at),
    )


def _wait_reason(sync: Sync) -> str | None:
    """That its account has to be reconnected is not written into it, but seen from the account."""
    if sync.status == Status.QUEUED and not sync.credential.is_active:
        return "needs_consent"
    return sync.wait_reason or None


def _error(sync: Sync) -> SyncErrorAnswer | None:
    if sync.status != Status.FAILED:
        return None
    told = explain(sync.error_code)
    return SyncErrorAnswer(
        code=sync.error_code, message=str(told.message), advice=str(told.advice)
    )
