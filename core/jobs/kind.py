"""What an app says about its jobs, so that core can run them."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, ClassVar, Generic

from core.children.client import Child
from core.jobs.meter import Meter
from core.models import JobQuerySet, Status
from core.models.job import AnyJob

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write to a running job, until it is cancelled or taken over."""

    job_id: int
    token: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run did not succeed. `code` is of the app's closed taxonomy."""

    code: str
    detail: str = ""
    retryable: bool = False
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class PutBack:
    """A job that could not be begun, which is nobody's failure: it goes back, uncounted."""

    reason: str
    delay_seconds: float


@dataclass(slots=True)
class Run(Generic[AnyJob]):
    """One job in the hands of this process."""

    job: AnyJob
    child: Child
    meter: Meter
    started: float = field(default_factory=monotonic)
    beaten: float = field(default_factory=monotonic)
    unwritten: dict[str, Any] = field(default_factory=dict)
    unpublished: bool = False
    has_news: bool = False
    ended_by: Event | Failure | PutBack | None = None

    @property
    def lease(self) -> Lease:
        return Lease(self.job.pk, self.job.token)


class JobKind(ABC, Generic[AnyJob]):
    """One kind of background job: its table, its child process and what to do with the result."""

    task: ClassVar[str]
    idle_fields: ClassVar[dict[str, Any]] = {}  # what is true of a job that nobody works on
    wall_seconds: float
    stall_seconds: float

    @abstractmethod
    def rows(self) -> JobQuerySet[AnyJob]: ...

    @abstractmethod
    def moved(self, job: AnyJob, source: Status, reason: str, actor: str) -> None:
        """Record a move, in its transaction."""

    @abstractmethod
    def obstacle(self) -> str:
        """Why no job of this kind can be started right now, as a wait reason; "" if it can."""

    @abstractmethod
    def prepare(self, job: AnyJob) -> None:
        """Make the job's working folder.

        :raises OSError: the disk does not want it
        :raises Fenced: the job is no longer this run's
        """

    @abstractmethod
    def launch(self, job: AnyJob) -> Child:
        """Start the child process that does the work.

        :raises OSError: the node's fork server is away
        """

    @abstractmethod
    def apply(self, run: Run[AnyJob], event: Event) -> dict[str, Any]:
        """The fields of the row that this event of the child changes."""

    @abstractmethod
    def complete(self, run: Run[AnyJob], event: Event) -> AnyJob:
        """Publish what the child made and move the job to completed.

        :raises Fenced: the job is no longer this run's; nothing of it stays behind
        """

    @abstractmethod
    def publish(self, runs: list[Run[AnyJob]]) -> None:
        """Show the progress of these runs to whoever watches."""

    @abstractmethod
    def work_bytes(self, job: AnyJob) -> int:
        """Size of the job's working folder, to see work that reports nothing."""

    @abstractmethod
    def release(self, job: AnyJob) -> None:
        """Remove the job's unpublished files, unless it still is, or again, to be worked on."""

    @abstractmethod
    def sweep_files(self) -> int:
        """Remove files that ended jobs left behind; return how many folders went."""


class Fenced(Exception):
    """The job was cancelled or taken over: whatever this run made is not wanted."""
