"""What a cleaning counts and reports while it works; a later run of the same job goes on there."""

from time import monotonic
from typing import Any, TypedDict

from core.jobs.kind import Beat
from downloads.cleaning_reasons import Why
from downloads.models import CleaningRun

MOST_ROWS = 1000

_SHOWN_EVERY = 5.0


class Row(TypedDict):
    """One line of a report. `done`: it was removed, or its owner was told; `number` of things."""

    what: str
    id: int | None
    title: str
    owner: str
    bytes: int
    number: int
    reason: str
    done: bool


class Tally:
    """Beats while it counts, so that the job neither lapses nor outlives a cancel.

    A dry run starts anew each time. One that removes keeps what an earlier run of it has done,
    because that is not there to be found again.
    """

    def __init__(self, job: CleaningRun, beat: Beat) -> None:
        self.dry_run = job.dry_run
        self.by_clock = job.requested_by_id is None
        self._beat = beat
        self._shown = monotonic()
        again = not job.dry_run and job.run > 1
        self._rows: list[Row] = [row for row in job.report if row["done"]] if again else []
        self._done = job.removed if again else 0
        self._bytes = job.bytes if again else 0
        self._warned = job.warned if again else 0
        self._found = max(self._done, sum(row["number"] for row in self._rows))

    def note(
        self,
        what: str,
        reason: Why,
        *,
        id: int | None = None,
        title: str = "",
        owner: str = "",
        size_bytes: int = 0,
        number: int = 1,
        removed: bool = False,
        freed: bool = True,
        told: bool = False,
    ) -> None:
        """Count one thing. `freed`: its bytes are, or in a dry run would be, free afterwards."""
        self._found += number
        self._done += number if removed else 0
        self._bytes += size_bytes if freed and (removed or self.dry_run) else 0
        if len(self._rows) < MOST_ROWS:
            row = Row(
                what=what, id=id, title=title, owner=owner, bytes=size_bytes,
                number=number, reason=reason, done=removed or told,
            )  # fmt: skip
            self._rows.append(row)
        self.go_on()

    def warned(self) -> None:
        """One more owner knows."""
        self._warned += 1
        self.show()

    def go_on(self) -> None:
        """Show that the job lives. Once in a while everybody sees how far it is.

        :raises Fenced: it was cancelled
        :raises Leaving: the node is told to stop
        """
        if monotonic() - self._shown > _SHOWN_EVERY:
            self.show()
        else:
            self._beat()

    def show(self) -> None:
        self._shown = monotonic()
        self._beat(**self.fields())

    def fields(self) -> dict[str, Any]:
        """What the row of the cleaning says."""
        return {
            "found": self._found,
            "removed": self._done,
            "warned": self._warned,
            "bytes": self._bytes,
            "report": self._rows,
        }
