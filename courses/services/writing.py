"""A page of a course's coursework into the database: short transactions, doable again at will."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.text import normalise
from courses.classroom.payloads import Item
from courses.models import (
    Change,
    CourseAccess,
    CourseChange,
    CourseMaterial,
    CourseVideo,
    Coursework,
    CourseworkState,
    Topic,
)
from courses.models.course import TEACHING
from courses.services.contents import ContentWriter
from courses.services.locking import lock_course

_WORDS = 100
_TOLD = ("title", "description", "state", "topic_id")
_QUIETLY = ("individual", "alternate_link", "google_created_at", "google_updated_at")
_FIELDS = [*_TOLD, *_QUIETLY, "search_text", "gone_at"]


@dataclass(frozen=True, slots=True)
class View:
    """Through which account a list is read.

    `poorer`: a student's, of a course that a teacher's account shows as well, which sees more.
    `quiet`: everything would be news, so nothing is told.
    """

    access: CourseAccess
    poorer: bool
    quiet: bool

    @property
    def teaches(self) -> bool:
        return self.access.role in TEACHING


@dataclass(frozen=True, slots=True)
class Written:
    """`touched` are the numbers of coursework that are new or changed; `individual` those seen

    that are for single students.
    """

    items: int
    videos: int
    changes: int
    touched: frozenset[int]
    individual: frozenset[int]


def name_of(row: Coursework) -> str:
    """An announcement has no title, but it has words."""
    return row.title or " ".join(row.description.split())[:_WORDS]


def view_of(access: CourseAccess, *, quiet: bool) -> View:
    taught = CourseAccess.objects.open().filter(course=access.course_id, role__in=TEACHING)
    poorer = access.role not in TEACHING and taught.exists()
    return View(access, poorer=poorer, quiet=quiet)


def write_page(*, view: View, items: Iterable[Item]) -> Written:
    """Bring the coursework of one page up to date with all that hangs on it."""
    told = {(item.kind, item.google_id): item for item in items}
    with transaction.atomic():
        lock_course(view.access.course_id)
        return _Page(view, told).write()


class _Page:
    def __init__(self, view: View, told: dict[tuple[str, str], Item]) -> None:
        self._view = view
        self._told = told
        self._at = timezone.now()
        course = view.access.course_id
        ids = {google_id for _, google_id in told}
        rows = Coursework.objects.filter(course=course, google_id__in=ids)
        self._rows = {(row.kind, row.google_id): row for row in rows}
        self._topics = dict(Topic.objects.filter(course=course).values_list("google_id", "id"))
        self._contents = ContentWriter(rows, at=self._at, quiet=view.quiet)
        self._new: list[Coursework] = []
        self._changed: list[Coursework] = []
        self._published: set[int] = set()
        self._changes: list[CourseChange] = []

    def write(self) -> Written:
        for key, item in self._told.items():
            self._compare(self._rows.get(key), item)
        Coursework.objects.bulk_create(self._new)
        Coursework.objects.bulk_update(self._changed, _FIELDS)
        self._contents.write()
        changes = [*self._changes, *self._contents.changes]
        if self._published:
            changes = _without_drafts(self._published, changes)
        seen = [row for key, row in self._rows.items() if key in self._told]
        # Never back: a clock that is behind must not make gone what another worker just saw.
        found = Coursework.objects.filter(id__in=[row.pk for row in seen])
        found.filter(seen_at__lt=self._at).update(seen_at=self._at)
        individual = self._assign([*seen, *self._new])
        CourseChange.objects.bulk_create(changes)
        return Written(
            items=len(self._told),
            videos=sum(bool(one.source) for item in self._told.values() for one in item.found),
            changes=len(changes),
            touched=frozenset(row.pk for row in (*self._new, *self._changed)),
            individual=individual,
        )

    def _compare(self, row: Coursework | None, item: Item) -> None:
        if row is None:
            if item.state != CourseworkState.DELETED:  # what was thrown away before our time
                self._add(item)
        elif self._is_news(row, item):
            self._update(row, item)
            self._contents.compare(row, item.found, is_new=False)

    def _is_news(self, row: Coursework, item: Item) -> bool:
        """An older answer changes nothing, nor does what a teacher's account shows better."""
        known, told = row.google_updated_at, item.google_updated_at
        if known is None or told is None:
            return not self._view.poorer
        return told > known or (told == known and not self._view.poorer)

    def _add(self, item: Item) -> None:
        row = Coursework(
            course_id=self._view.access.course_id,
            kind=item.kind,
            google_id=item.google_id,
            created_at=self._at,
            seen_at=self._at,
            **self._fields(item),
        )
        self._new.append(row)
        self._contents.compare(row, item.found, is_new=True)
        self._tell(row, Change.NEW)

    def _update(self, row: Coursework, item: Item) -> None:
        fields = self._fields(item)
        if row.state == CourseworkState.DRAFT and item.state == CourseworkState.DELETED:
            fields["state"] = row.state  # pupils have never seen it, and shall not now
        change = self._change_of(row, item, fields)
        if _is_published(row, item):
            self._published.add(row.pk)
        if change or any(getattr(row, name) != value for name, value in fields.items()):
            for name, value in fields.items():
                setattr(row, name, value)
            if change == Change.GONE:
                row.gone_at = self._at
            elif change == Change.BACK:
                row.gone_at = None
            self._changed.append(row)
        if change:
            self._tell(row, change)

    def _change_of(self, row: Coursework, item: Item, fields: dict[str, Any]) -> Change | None:
        deleted = item.state == CourseworkState.DELETED
        if deleted or row.gone_at is not None:
            if deleted == (row.gone_at is not None):
                return None
            return Change.GONE if deleted else Change.BACK
        if _is_published(row, item):
            return Change.NEW
        told = any(getattr(row, name) != fields[name] for name in _TOLD)
        return Change.CHANGED if told else None

    def _fields(self, item: Item) -> dict[str, Any]:
        return {
            "title": item.title,
            "description": item.description,
            "state": item.state,
            "topic_id": self._topics.get(item.topic_id),
            **{name: getattr(item, name) for name in _QUIETLY},
            "search_text": normalise(f"{item.title} {item.description}".strip()),
        }

    def _tell(self, row: Coursework, change: Change) -> None:
        if not self._view.quiet:
            self._changes.append(
                CourseChange(
                    course_id=row.course_id,
                    coursework=row,
                    change=change,
                    what="coursework",
                    title=name_of(row),
                    at=self._at,
                )
            )

    def _assign(self, rows: list[Coursework]) -> frozenset[int]:
        """Work for single students is shown to the accounts of students that see it."""
        individual = frozenset(row.pk for row in rows if row.individual)
        if individual and not self._view.teaches:
            through = Coursework.assigned_to.through
            access_id = self._view.access.pk
            through.objects.bulk_create(
                [through(coursework_id=pk, courseaccess_id=access_id) for pk in individual],
                ignore_conflicts=True,
            )
        return individual


def _is_published(row: Coursework, item: Item) -> bool:
    """Whether a draft has become what everybody sees."""
    return row.state == CourseworkState.DRAFT and item.state == CourseworkState.PUBLISHED


def _without_drafts(published: set[int], changes: list[CourseChange]) -> list[CourseChange]:
    """What was in a draft and is not in what was published of it is for nobody but its teachers.

    Answers those of `changes` that are left.
    """
    CourseChange.objects.filter(coursework__in=published).delete()
    CourseVideo.objects.filter(coursework__in=published).exclude(gone_at=None).delete()
    materials = CourseMaterial.objects.filter(coursework__in=published, files=None)
    materials.exclude(gone_at=None).delete()
    return [
        one for one in changes if one.what == "coursework" or one.coursework_id not in published
    ]
