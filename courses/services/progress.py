"""How a synchronisation shows what it has done: not more often than anybody could look."""

from time import monotonic

from core.jobs.kind import Beat
from courses.models import Sync
from courses.services import updates

_SECONDS = 0.25


class Progress:
    """Counts in the job's row, which also keeps its lease; every method raises as a beat does."""

    def __init__(self, job: Sync, beat: Beat) -> None:
        self.job = job
        self._beat = beat
        self._shown = 0.0
        self._counts = dict.fromkeys(
            ("courses_total", "courses_done", "items_seen", "videos_found", "changes", "calls"), 0
        )
        self._reading = ""
        self._done: set[int] = set()

    def add(self, **counts: int) -> None:
        for name, count in counts.items():
            self._counts[name] += count
        self.show()

    def has_done(self, course_id: int) -> None:
        """A course counts once, however often it was read."""
        self._done.add(course_id)
        self._counts["courses_done"] = len(self._done)
        self.show()

    def has_called(self, calls: int) -> None:
        """So many calls in all."""
        self._counts["calls"] = calls
        self.show()

    def read(self, course: str) -> None:
        """From now on this course is read."""
        self._reading = course
        self.show()

    def show(self, *, at_once: bool = False) -> None:
        now = monotonic()
        if now - self._shown < _SECONDS and not at_once:
            self._beat()
            return
        self._shown = now
        self._beat(**self._counts, now_reading=self._reading)
        updates.show(self.job)

    def pause(self, seconds: float) -> None:
        """Sleep as Google asks; for the limiter's short ones nothing need be written."""
        self._beat.pause(seconds)

    def result(self) -> dict[str, int | str]:
        """The fields of the completed row."""
        return {**self._counts, "now_reading": ""}
