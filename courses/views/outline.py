"""A course as its page draws it: topics, what is posted under them, and its videos."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from accounts.models import User
from courses import panels
from courses.models import Course, CourseFile, CourseMaterial, CourseVideo, Coursework, Topic
from courses.selectors import contents, videos
from courses.selectors.courses import Figures
from library.models import Video


@dataclass(frozen=True, slots=True)
class Card:
    """A course in the list of courses."""

    course: Course
    figures: Figures


@dataclass(frozen=True, slots=True)
class VideoRow:
    """`problem`: why no account reaches it, as a code; `state`: what an app above says of it."""

    video: CourseVideo
    held: Video | None
    problem: str
    state: Any


@dataclass(frozen=True, slots=True)
class MaterialRow:
    material: CourseMaterial
    file: CourseFile | None


@dataclass(frozen=True, slots=True)
class Item:
    coursework: Coursework
    videos: list[VideoRow]
    materials: list[MaterialRow]


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbours under one topic; without one if that is None."""

    topic: Topic | None
    items: list[Item] = field(default_factory=list)

    @property
    def has_choice(self) -> bool:
        """Whether there is more than one video to pick."""
        return sum(not row.held for item in self.items for row in item.videos) > 1


def outline(*, user: User, rows: Iterable[Coursework]) -> list[Group]:
    """`rows` in the order of the page, with their videos and materials at hand."""
    found = list(rows)
    items = _items(user, found)
    return [
        Group(topic, list(inside))
        for topic, inside in groupby(items, key=lambda item: item.coursework.topic)
    ]


def _items(user: User, found: Sequence[Coursework]) -> list[Item]:
    row_of = _video_rows(user, [video for one in found for video in one.videos.all()])
    materials = [material for one in found for material in one.materials.all()]
    files = contents.fetched(user=user, materials=materials)
    return [
        Item(
            one,
            [row_of[video.pk] for video in one.videos.all()],
            [MaterialRow(other, files.get(other.pk)) for other in one.materials.all()],
        )
        for one in found
    ]


def _video_rows(user: User, shown: Sequence[CourseVideo]) -> dict[int, VideoRow]:
    held = videos.held(user=user, videos=shown)
    problems = videos.unreachable(user=user, videos=shown)
    states = panels.video_states(user, shown)
    return {
        video.pk: VideoRow(
            video, held.get(video.pk), problems.get(video.pk, ""), states.get(video.pk)
        )
        for video in shown
    }
