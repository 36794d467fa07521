"""What the API tells of cleanings, and what may be asked of them."""

from typing import Annotated, TypedDict

from rest_framework.serializers import ChoiceField

from core.api import PageQuery
from core.fields import Flag, Input
from core.models import Status
from core.shapes import Moment, PageShape, moment, moment_or_none
from downloads.cleaning_reasons import WORDS
from downloads.models import CleaningRun, CleaningTask


class CleaningQuery(PageQuery):
    task = ChoiceField(CleaningTask.values, required=False, help_text="Only cleanings of this.")


class CleaningInput(Input):
    task = ChoiceField(CleaningTask.values, help_text="What is cleaned.")
    dry_run = Flag(default=False, help_text="Remove nothing; report what would be removed.")


class CleaningRowAnswer(TypedDict):
    """One thing in a report."""

    what: Annotated[str, "`folder`, `file`, `video` or `records`."]
    id: int | None
    title: Annotated[str, "Its name; of files and folders the path below the media root."]
    owner: Annotated[str | None, "Whose it is, as username."]
    size_bytes: int
    number: Annotated[int, "How many, where they are counted together."]
    reason: Annotated[str, "A stable code."]
    message: Annotated[str, "The reason in plain words."]
    done: Annotated[bool, "It was removed, or its owner was told."]


class CleaningAnswer(TypedDict):
    """One cleaning."""

    id: int
    task: CleaningTask
    dry_run: bool
    status: Status
    requested_by: Annotated[str | None, "Username; null: the clock."]
    found: int
    removed: int
    owners_warned: int
    freed_bytes: Annotated[int, "In a dry run: that would be free."]
    error_code: str | None
    error_detail: str | None
    available_at: Annotated[Moment, "Not begun before."]
    created_at: Moment
    started_at: Moment | None
    finished_at: Moment | None


class CleaningReport(CleaningAnswer):
    """One cleaning with its report: its first thousand lines."""

    report: list[CleaningRowAnswer]


class CleaningList(PageShape):
    results: list[CleaningAnswer]


def cleaning_answer(run: CleaningRun) -> CleaningAnswer:
    return CleaningAnswer(
        id=run.pk,
        task=CleaningTask(run.task),
        dry_run=run.dry_run,
        status=Status(run.status),
        requested_by=run.requested_by.username if run.requested_by else None,
        found=run.found,
        removed=run.removed,
        owners_warned=run.warned,
        freed_bytes=run.bytes,
        error_code=run.error_code or None,
        error_detail=run.error_detail or None,
        available_at=moment(run.available_at),
        created_at=moment(run.created_at),
        started_at=moment_or_none(run.started_at),
        finished_at=moment_or_none(run.finished_at),
    )


def cleaning_report(run: CleaningRun) -> CleaningReport:
    rows = [
        CleaningRowAnswer(
            what=row["what"],
            id=row["id"],
            title=row["title"],
            owner=row["owner"] or None,
            size_bytes=row["bytes"],
            number=row["number"],
            reason=row["reason"],
            message=str(WORDS[row["reason"]]),
            done=row["done"],
        )
        for row in run.report
    ]
    return CleaningReport(**cleaning_answer(run), report=rows)
