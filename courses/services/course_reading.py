"""One course through one account: topics, teachers, its lists, what Drive says of its files."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from accounts.google.client import GoogleClient
from accounts.google.errors import GoogleError, Reason
from accounts.google.scopes import Capability
from core.database import database_now
from courses import problems
from courses.classroom import reading
from courses.classroom.payloads import Item
from courses.classroom.reading import ItemList
from courses.models import CourseAccess, CourseState
from courses.models.course import TEACHING
from courses.services import classifying, comparing, listing, updates, writing
from courses.services.progress import Progress
from courses.services.writing import View

Row = TypeVar("Row")

FULL_AFTER = timedelta(hours=24)

# What says that the account is not in the course any more, if the course itself says so, too.
LOST = frozenset({Reason.NO_ACCESS, Reason.GONE})
# What spoils one list and leaves the others alone.
_OF_ONE_LIST = LOST | {Reason.MISSING_SCOPE, Reason.INVALID, Reason.UPSTREAM}
# What keeps Drive from being asked, and is no reason not to read Classroom.
_OF_DRIVE = frozenset(
    {Reason.MISSING_SCOPE, Reason.API_NOT_ENABLED, Reason.BLOCKED_BY_ADMIN}
    | {Reason.INVALID, Reason.UPSTREAM}
)
_OVERLAP = timedelta(minutes=10)
_MOST_BREAKDOWNS = 3


class Lost(Exception):
    """The account is no longer in this course."""


@dataclass(slots=True)
class _Visit:
    """What is found out on the way through a course."""

    access: CourseAccess
    full: bool
    marks: dict[str, str | None]
    began: datetime
    problem: str = ""
    changes: int = 0
    touched: set[int] = field(default_factory=set)

    @property
    def teaches(self) -> bool:
        return self.access.role in TEACHING

    def note(self, problem: str) -> None:
        """The first one is told."""
        self.problem = self.problem or problem


class CourseReading:
    """Reads the courses of an account one after another."""

    def __init__(self, client: GoogleClient, progress: Progress, *, full: bool) -> None:
        self._client = client
        self._progress = progress
        self._full = full
        self._breakdowns = 0
        self._drive_problem = ""

    def read(self, access: CourseAccess) -> None:
        """
        :raises GoogleError: what concerns the account, or Google, as a whole
        """
        self._progress.read(access.course.name)
        visit = self._begin(access)
        try:
            if visit.full or not _is_at_rest(access):
                self._read_lists(visit)
        except Lost:
            listing.close_access(access=access, problem=problems.of_reason(Reason.NO_ACCESS))
            return
        self._classify(visit)
        self._finish(visit)

    def _begin(self, access: CourseAccess) -> _Visit:
        now = timezone.now()
        compared = access.reconciled_at
        full = self._full or compared is None or compared < now - FULL_AFTER
        return _Visit(access, full=full, marks=dict(access.marks), began=now)

    def _read_lists(self, visit: _Visit) -> None:
        self._careful(visit, Capability.TOPICS, self._read_topics)
        if visit.access.credential.may(Capability.ROSTERS):
            self._careful(visit, Capability.ROSTERS, self._read_teachers)
        for which in ItemList:
            permission = reading.permission_for(which, teaching=visit.teaches)

            def read(visit: _Visit, which: ItemList = which) -> None:
                self._read_items(visit, which)

            if not self._careful(visit, permission, read) and visit.full and which in visit.marks:
                visit.marks[which] = None  # it is read whole next time

    def _careful(
        self, visit: _Visit, permission: Capability, read: Callable[[_Visit], None]
    ) -> bool:
        """Whether it could be read; what spoils one list alone is noted, and the others go on."""
        if not visit.access.credential.may(permission):
            visit.note(problems.of_reason(Reason.MISSING_SCOPE))
            return False
        try:
            read(visit)
        except GoogleError as error:
            self._judge(visit, error)
            return False
        self._breakdowns = 0
        return True

    def _judge(self, visit: _Visit, error: GoogleError) -> None:
        """
        :raises GoogleError: it does not concern this list alone
        :raises Lost: it concerns the whole course
        """
        if error.reason not in _OF_ONE_LIST:
            raise error
        if error.reason == Reason.UPSTREAM:
            self._breakdowns += 1
            if self._breakdowns >= _MOST_BREAKDOWNS:
                raise error
        if error.reason in LOST and self._is_lost(visit):
            raise Lost
        visit.note(problems.code_of(error))

    def _is_lost(self, visit: _Visit) -> bool:
        """Google says "no permission" for a list as well as for the course it is in."""
        try:
            reading.course(self._client, visit.access.course.google_id)
        except GoogleError as error:
            if error.reason not in LOST:
                raise
            return True
        return False

    def _read_topics(self, visit: _Visit) -> None:
        course = visit.access.course
        pages = reading.topics(self._client, course.google_id)
        listing.write_topics(course=course, topics=self._all(pages))

    def _read_teachers(self, visit: _Visit) -> None:
        course = visit.access.course
        pages = reading.teachers(self._client, course.google_id)
        listing.write_teachers(course=course, teachers=self._all(pages))

    def _all(self, pages: Iterable[list[Row]]) -> list[Row]:
        found = list(chain.from_iterable(pages))
        self._progress.has_called(self._client.calls)
        return found

    def _read_items(self, visit: _Visit, which: ItemList) -> None:
        mark = _moment(visit.marks.get(which))
        whole = visit.full or mark is None
        view = writing.view_of(visit.access, quiet=which not in visit.marks)
        pages = reading.items(
            self._client,
            visit.access.course.google_id,
            which,
            teaching=visit.teaches,
            since=None if whole or mark is None else mark - _OVERLAP,
        )
        newest = mark
        individual: set[int] = set()
        for page in pages:
            newest = max(
                filter(None, [newest, *(one.google_updated_at for one in page)]), default=None
            )
            self._write(visit, view, page, individual)
        if whole:
            self._compare(visit, view, which, individual)
        # A clock that is ahead must not hide what changes until then.
        visit.marks[which] = min(newest, visit.began).isoformat() if newest else ""

    def _write(self, visit: _Visit, view: View, page: list[Item], individual: set[int]) -> None:
        written = writing.write_page(view=view, items=page)
        visit.touched |= written.touched
        visit.changes += written.changes
        individual |= written.individual
        self._progress.add(
            items_seen=written.items, videos_found=written.videos, changes=written.changes
        )
        self._progress.has_called(self._client.calls)

    def _compare(self, visit: _Visit, view: View, which: ItemList, individual: set[int]) -> None:
        gone = comparing.mark_gone(
            view=view,
            kinds=reading.kinds_of(which),
            began=visit.began,
            individual=individual,
        )
        visit.changes += gone
        self._progress.add(changes=gone)

    def _classify(self, visit: _Visit) -> None:
        credential = visit.access.credential
        if self._drive_problem or not credential.may(Capability.DRIVE_READ):
            return
        try:
            classifying.classify_files(
                access=visit.access,
                client=self._client,
                touched=visit.touched,
                again=self._full,
                progress=self._progress,
            )
        except GoogleError as error:
            if error.reason not in _OF_DRIVE:
                raise
            self._drive_problem = problems.code_of(error)

    def _finish(self, visit: _Visit) -> None:
        visit.note(self._drive_problem)
        fields = {"reconciled_at": database_now()} if visit.full else {}
        with transaction.atomic():
            CourseAccess.objects.filter(id=visit.access.pk).update(
                marks=visit.marks, problem=visit.problem, synced_at=database_now(), **fields
            )
            updates.record_course(
                visit.access.course, through=visit.access, changed=bool(visit.changes)
            )


def _is_at_rest(access: CourseAccess) -> bool:
    """An archived course cannot be changed, so that a look at it once a day is enough."""
    course = access.course
    changed = course.google_updated_at
    return (
        course.state == CourseState.ARCHIVED
        and access.synced_at is not None
        and changed is not None
        and changed < access.synced_at - _OVERLAP
    )


def _moment(mark: str | None) -> datetime | None:
    return datetime.fromisoformat(mark) if mark else None
