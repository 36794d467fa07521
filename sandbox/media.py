"""The media that the played hosts serve: made once, when first wanted, and kept in a folder."""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sandbox import catalogue, recipes, slides
from sandbox.files import UniqueFile

# Raise it when a recipe changes: what older recipes made is then left alone.
_EDITION = "1"


@dataclass(frozen=True)
class Clip:
    """One video in several shapes, under fixed names (see `recipes` and `slides`)."""

    folder: Path
    seconds: int

    @property
    def muxed(self) -> Path:
        return self.folder / "muxed.mp4"

    def file(self, name: str) -> Path | None:
        path = self.folder / name
        return path if path.is_file() else None


class Media:
    """Safe for several threads and processes on one folder: the first to want a clip makes it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / f"media-{_EDITION}"
        self._folder.mkdir(parents=True, exist_ok=True)

    @cached_property
    def test_clip(self) -> Clip:
        return Clip(self._made("test", recipes.make), recipes.SECONDS)

    def lesson_clip(self, lesson: catalogue.Lesson) -> Clip:
        folder = self._made(lesson.video_id, lambda target: slides.make(target, lesson))
        return Clip(folder, lesson.seconds)

    def film(self, lesson: catalogue.Lesson) -> Clip:
        """Only the small file of a lesson, `muxed.mp4`: what lies on a teacher's Drive."""
        name = f"film-{lesson.video_id}"
        folder = self._made(name, lambda target: slides.make_small(target, lesson))
        return Clip(folder, lesson.seconds)

    def unique(self, seed: str, size: int) -> UniqueFile:
        """A valid mp4 of this exact size, different for every seed."""
        return UniqueFile(self._seed_video, seed, size)

    @cached_property
    def _seed_video(self) -> bytes:
        return (self.test_clip.folder / recipes.SEED_VIDEO).read_bytes()

    def _made(self, name: str, make: Callable[[Path], None]) -> Path:
        done = self._folder / name
        if done.is_dir():
            return done
        with self._locked(name):
            if not done.is_dir():
                partial = self._folder / f"{name}.partial"
                shutil.rmtree(partial, ignore_errors=True)
                partial.mkdir()
                make(partial)
                partial.rename(done)
        return done

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        with (self._folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
