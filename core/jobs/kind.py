"""What an app says about its jobs, so that core can run them."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, ClassVar, Generic, Protocol

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
    answer: Future[Event] | None = None
    ended_by: Event | Failure | PutBack | None = None

    @property
    def lease(self) -> Lease:
        return Lease(self.job.pk, self.job.token)


@dataclass(frozen=True, slots=True)
class Move(Generic[AnyJob]):
    """A job as it is now, and where it was before."""

    job: AnyJob
    source: Status


class Fenced(Exception):
    """The job was cancelled or taken over: whatever this run made is not wanted."""


class Leaving(Exception):
    """This node is told to stop: the job goes back as it is."""


class Ended(Exception):
    """What ends a run otherwise than well."""

    def __init__(self, why: Failure | PutBack) -> None:
        super().__init__(why)
        self.why = why


class Beat(Protocol):
    """How an inline job shows that it lives, and hears that it should end."""

    def __call__(self, **fields: Any) -> None:
        """Renew the lease and write these fields of the row.

        :raises Fenced: the job is no longer this run's
        :raises Leaving: the node is told to stop
        """

    def pause(self, seconds: float) -> None:
        """Sleep, but go on beating; raises as a beat does."""


class JobKind(ABC, Generic[AnyJob]):
    """One kind of background job: its table and what its moves mean."""

    idle_fields: ClassVar[dict[str, Any]] = {}  # what is true of a job that nobody works on

    @abstractmethod
    def rows(self) -> JobQuerySet[AnyJob]: ...

    @abstractmethod
    def moved(self, moves: Sequence[Move[AnyJob]], reason: str, actor: str) -> None:
        """Record the moves of some jobs to one state, in their transaction."""

    @abstractmethod
    def obstacle(self) -> str:
        """Why no job of this kind can be started right now, as a wait reason; "" if it can."""

    def admits(self, job_id: int) -> bool:
        """Whether limits leave room for this one; asked in the transaction of its claim."""
        return True

    def judge(self, job: AnyJob, failure: Failure) -> "Failure | PutBack":
        """What a failure comes to: nobody counts it against a job that its source is away."""
        return failure

    def plan(self) -> None:
        """Make the jobs that are due by themselves. Every node asks every few seconds."""

    def release(self, job: AnyJob) -> None:
        """Remove the job's unpublished files, unless it still is, or again, to be worked on."""

    def sweep_files(self) -> int:
        """Remove files that ended jobs left behind; return how many folders went."""
        return 0


class InlineKind(JobKind[AnyJob]):
    """Jobs of HTTP and database: they run on a thread of a worker, beside its child processes."""

    @abstractmethod
    def work(self, job: AnyJob, beat: Beat) -> dict[str, Any]:
        """Do it, beating at least every few seconds; return the fields of the completed row.

        A run may end at any moment, so the next one must be able to do all of it again.

        :raises Ended: it failed, or has to wait
        """


class ChildKind(JobKind[AnyJob]):
    """Jobs that run in a child process each: what it is told and what to do with the result."""

    wall_seconds: float
    stall_seconds: float

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
        """The fields of the row that this event of the child changes.

        :raises Ended: what it tells does not let the run go on
        """

    def answer(self, job: AnyJob, question: Event) -> Event:
        """What the child wants to know; found on a thread of its own, so it may take a while.

        :raises Ended: there is no answer with which the child could go on
        """
        raise Ended(Failure("internal", f"nobody knows {question.get('what')!r}"))

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
