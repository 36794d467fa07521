"""Videos and materials of a page of coursework: what is new, what has changed, what is gone.

A Drive file that was classified stays what Drive said, whatever its name says; a link behind which
a video was found stays a video.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F

from courses.classroom.videos import Found
from courses.models import Change, CourseChange, CourseMaterial, CourseVideo, Coursework

_MATERIAL_FIELDS = ["position", "title", "url", "resource_key", "gone_at"]
_VIDEO_FIELDS = [*_MATERIAL_FIELDS, "in_text"]


@dataclass(slots=True)
class Contents:
    """What hangs on one coursework, by all the ids under which it may be found again."""

    videos: dict[str, CourseVideo] = field(default_factory=dict)
    materials: dict[str, CourseMaterial] = field(default_factory=dict)


class ContentWriter:
    """Collects what a page changes and writes it at once: a fixed number of queries."""

    def __init__(self, rows: Iterable[Coursework], *, at: datetime, quiet: bool) -> None:
        self._at = at
        self._quiet = quiet
        self._there = _load([row.pk for row in rows if row.pk])
        self._new: list[CourseVideo | CourseMaterial] = []
        self._changed: list[CourseVideo | CourseMaterial] = []
        self._dropped: list[CourseMaterial] = []
        self.changes: list[CourseChange] = []

    def compare(self, row: Coursework, found: Iterable[Found], *, is_new: bool) -> None:
        """:param is_new: the coursework itself is news, so that its videos are none"""
        there = self._there[row.pk] if row.pk else Contents()
        kept: set[int] = set()
        for one in found:
            known = self._known(there, one)
            if known is None:
                self._add(row, one, is_new=is_new)
            else:
                kept.add(id(known))
                self._update(row, known, one)
        for known in {id(one): one for one in _all(there)}.values():
            if id(known) not in kept and known.gone_at is None:
                known.gone_at = self._at
                self._changed.append(known)
                self._tell(row, known, Change.GONE)

    def write(self) -> None:
        for row in self._new:  # those of new coursework have a number to refer to only now
            row.coursework_id = row.coursework.pk
        dropped = CourseMaterial.objects.filter(id__in=[row.pk for row in self._dropped])
        dropped.filter(files=None).delete()
        dropped.update(gone_at=self._at)  # what was fetched of it stays with its owner
        CourseVideo.objects.bulk_create(_of(CourseVideo, self._new))
        CourseMaterial.objects.bulk_create(_of(CourseMaterial, self._new))
        CourseVideo.objects.bulk_update(_of(CourseVideo, self._changed), _VIDEO_FIELDS)
        CourseMaterial.objects.bulk_update(_of(CourseMaterial, self._changed), _MATERIAL_FIELDS)

    def _known(self, there: Contents, one: Found) -> CourseVideo | CourseMaterial | None:
        video = there.videos.get(one.key)
        if video is not None:
            return video
        material = there.materials.get(one.key)
        if material is not None and one.source and material.checked_at is None:
            self._drop(there, material)  # its name has become that of a video
            return None
        return material

    def _drop(self, there: Contents, material: CourseMaterial) -> None:
        there.materials = {key: one for key, one in there.materials.items() if one is not material}
        self._dropped.append(material)

    def _add(self, row: Coursework, one: Found, *, is_new: bool) -> None:
        made = _made(row, one, self._at)
        self._new.append(made)
        if not is_new:
            self._tell(row, made, Change.NEW)

    def _update(self, row: Coursework, known: CourseVideo | CourseMaterial, one: Found) -> None:
        fields = _fields(known, one)
        if known.gone_at is not None:
            self._tell(row, known, Change.BACK)
        elif all(getattr(known, name) == value for name, value in fields.items()):
            return
        for name, value in fields.items():
            setattr(known, name, value)
        known.gone_at = None
        self._changed.append(known)

    def _tell(self, row: Coursework, one: CourseVideo | CourseMaterial, change: Change) -> None:
        if isinstance(one, CourseVideo) and not self._quiet:
            self.changes.append(
                CourseChange(
                    course_id=row.course_id,
                    coursework=row,
                    change=change,
                    what="video",
                    title=one.title or row.title,
                    at=self._at,
                )
            )


def _load(coursework_ids: list[int]) -> dict[int, Contents]:
    found: dict[int, Contents] = defaultdict(Contents)
    for video in CourseVideo.objects.filter(coursework__in=coursework_ids).order_by("id"):
        for key in filter(None, (video.source_key, video.shortcut_id)):
            found[video.coursework_id].videos[key] = video
    materials = CourseMaterial.objects.filter(coursework__in=coursework_ids)
    # Of two of one key, as a file and as a document, the one that is still there.
    for material in materials.order_by(F("gone_at").asc(nulls_last=True), "id"):
        found[material.coursework_id].materials[material.key] = material
    return found


def _all(there: Contents) -> list[CourseVideo | CourseMaterial]:
    return [*there.videos.values(), *there.materials.values()]


def _made(row: Coursework, one: Found, at: datetime) -> CourseVideo | CourseMaterial:
    common: dict[str, Any] = {
        "coursework": row,
        "position": one.position,
        "url": one.url,
        "title": one.title,
        "resource_key": one.resource_key,
        "created_at": at,
    }
    if one.source:
        return CourseVideo(source=one.source, source_key=one.key, in_text=one.in_text, **common)
    return CourseMaterial(kind=one.kind, key=one.key, **common)


def _fields(known: CourseVideo | CourseMaterial, one: Found) -> dict[str, Any]:
    """What Classroom decides; what Drive said of a file is not touched."""
    fields: dict[str, Any] = {
        "position": one.position,
        "title": one.title or known.title,
        "resource_key": one.resource_key or known.resource_key,
    }
    if isinstance(known, CourseVideo):
        return {**fields, "in_text": one.in_text}
    return {**fields, "url": known.url if known.checked_at else one.url}


def _of(model: Any, rows: list[CourseVideo | CourseMaterial]) -> list[Any]:
    return [row for row in rows if isinstance(row, model)]
