"""The lessons that the demo shows, and how a video id that is no lesson becomes a test video."""

import functools
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("lessons.toml")
DEMO_PLAYLIST = "PLsandbox-demo-lessons"


@dataclass(frozen=True)
class Lesson:
    video_id: str
    drive_id: str
    title: str
    teacher: str
    subject: str
    seconds: int
    colours: tuple[str, str]
    tone: int
    description: str
    chapters: tuple[str, ...]
    lines: tuple[tuple[str, str], ...]

    @property
    def youtube_url(self) -> str:
        return f"https://www.youtube.com/watch?v={self.video_id}"

    @property
    def drive_url(self) -> str:
        return f"https://drive.google.com/file/d/{self.drive_id}/view"

    def chapter_starts(self) -> Iterator[tuple[int, str]]:
        """Whole seconds, evenly spread."""
        for number, chapter in enumerate(self.chapters):
            yield self.seconds * number // len(self.chapters), chapter


@functools.cache
def lessons() -> tuple[Lesson, ...]:
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["lesson"]
    return tuple(Lesson(**{name: _frozen(value) for name, value in row.items()}) for row in rows)


def by_video_id(video_id: str) -> Lesson | None:
    return next((lesson for lesson in lessons() if lesson.video_id == video_id), None)


def by_drive_id(drive_id: str) -> Lesson | None:
    return next((lesson for lesson in lessons() if lesson.drive_id == drive_id), None)


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
