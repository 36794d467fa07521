"""The loop of a worker process: claim jobs, watch their children, keep their leases.

One thread: every child is a connection in one `select`, so this process alone writes
to the database for all its jobs, in one transaction a beat. What children ask is answered on
threads of its own, and jobs without a child run on one more each kind (core.jobs.lane).
"""

import errno
import logging
import select
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from time import monotonic, sleep
from typing import Any, Generic

from django.conf import settings
from django.db import connection, connections
from django.db.models import Q

from core import wakeup
from core.children.client import Child
from core.database import AWAY
from core.jobs import lifecycle, node
from core.jobs.holders import Holder
from core.jobs.kind import ChildKind, Ended, Event, Failure, Fenced, Lease, PutBack, Run
from core.jobs.lane import Lane
from core.jobs.meter import Meter
from core.models.job import AnyJob

logger = logging.getLogger(__name__)

_TICK_SECONDS = 0.25
_ANSWER_SECONDS = 0.02
_BEAT_SECONDS = 1.0
_PUBLISH_SECONDS = 0.4
_BUSY_SECONDS = 5.0
_ANSWERS_AT_ONCE = 4
_NOT_STARTED = PutBack("not_started", 1.0)


class Runner(Generic[AnyJob]):
    """Runs up to `slots` jobs at once until nothing is left to do.

    It hands everything back when the node is told to stop. What one job trips over, ends that job
    alone: the others of this process go on.
    """

    def __init__(self, kind: ChildKind[AnyJob], *, slots: int, lanes: Sequence[Lane] = ()) -> None:
        self.kind = kind
        self.slots = slots
        self.lanes = lanes
        self._desk = ThreadPoolExecutor(_ANSWERS_AT_ONCE, "desk")
        self.runs: list[Run[AnyJob]] = []
        self._beaten = self._published = monotonic()
        self._bell: wakeup.Listener | None = None
        self._may_be_more = True

    def drain(self) -> None:
        with closing(Holder()) as holder:
            self.holder = holder.id
            for lane in self.lanes:
                lane.holder = holder.id
            try:
                while not node.is_stopping():
                    self._claim()
                    if not self.runs and not any(lane.is_busy for lane in self.lanes):
                        return
                    self._step()
            finally:
                self._let_go()
                for lane in self.lanes:
                    with self._patience():
                        lane.leave()
                self._desk.shutdown(wait=False, cancel_futures=True)
                self._unhang_bell()

    def _step(self) -> None:
        rung = self._wait()
        self._may_be_more = rung or self._beat_is_due()
        for run in self.runs:
            with self._isolation(run):
                self._read(run)
                self._reply(run)
                self._judge(run)
        # Facts and stages stand in the row before anybody is told of them.
        self._beat(at_once=rung or any(run.has_news for run in self.runs))
        self._settle()
        self._publish()

    def _claim(self) -> None:
        if not self._may_be_more:
            return
        with self._patience():
            for lane in self.lanes:
                lane.poke()
            while len(self.runs) < self.slots and not self.kind.obstacle():
                job = lifecycle.claim(self.kind, holder=self.holder)
                if job is None or not self._launch(job):
                    return

    def _launch(self, job: AnyJob) -> bool:
        """Whether it is worth trying another one right away."""
        lease = Lease(job.pk, job.token)
        try:
            self.kind.prepare(job)
        except Fenced:
            return True
        except OSError as problem:
            lifecycle.fail(self.kind, lease, _of_the_disk(problem))
            return False
        try:
            child = self.kind.launch(job)
        except OSError:
            logger.warning("The fork server is away; %s goes back to the queue", job)
            self._put_back(lease, _NOT_STARTED)
            return False
        self.runs.append(Run(job=job, child=child, meter=Meter(self.kind.stall_seconds)))
        return True

    def _put_back(self, lease: Lease, why: PutBack) -> AnyJob | None:
        return lifecycle.put_back(
            self.kind, lease, reason=why.reason, delay_seconds=why.delay_seconds
        )

    def _wait(self) -> bool:
        """Sleep until a child speaks or the bell rings; tell whether it rang."""
        bell = self._hang_bell()
        children = [run.child for run in self.runs if run.ended_by is None]
        heard: list[Child | wakeup.Listener] = [*children, *bell]
        asked = any(run.answer is not None for run in self.runs)
        ready, _, _ = select.select(heard, [], [], _ANSWER_SECONDS if asked else _TICK_SECONDS)
        rung = any(one in bell for one in ready)
        if rung:
            try:
                bell[0].clear()
            except OSError:
                self._unhang_bell()
        return rung

    def _hang_bell(self) -> list[wakeup.Listener]:
        """The bell, or nothing while the database that would ring it is away."""
        if self._bell is None:
            try:
                self._bell = wakeup.listen()
            except AWAY:
                return []
        return [self._bell]

    def _unhang_bell(self) -> None:
        if self._bell is not None:
            self._bell.close()
            self._bell = None

    def _read(self, run: Run[AnyJob]) -> None:
        for event in run.child.read():
            if run.ended_by is None:
                try:
                    self._take(run, event)
                except Ended as end:
                    self._end(run, end.why)
        if run.child.ended and run.ended_by is None:
            died = Failure("job.crashed", "The child process died.", retryable=True)
            # Without a pid there never was one: the fork server ended with our request in hand.
            run.ended_by = _NOT_STARTED if run.child.pid is None else died

    def _take(self, run: Run[AnyJob], event: Event) -> None:
        match event["event"]:
            case "done":
                run.ended_by = event
            case "failed" if event.get("busy"):
                run.ended_by = PutBack("folder_busy", _BUSY_SECONDS)
            case "failed":
                failure = Failure(
                    event["code"], event["detail"], event["retryable"], event.get("retry_after")
                )
                run.ended_by = self.kind.judge(run.job, failure)
            case "progress":
                run.meter.at(event["downloaded_bytes"])
                self._note(run, event)
            case "alive":
                run.meter.alive()
            case "ask":
                run.answer = self._desk.submit(self._answer, run.job, event)
            case _:
                run.meter.alive()
                run.has_news = True
                self._note(run, event)

    def _answer(self, job: AnyJob, question: Event) -> Event:
        try:
            return self.kind.answer(job, question)
        except AWAY as problem:
            logger.warning("The database does not answer: %s", problem)
            raise Ended(_NOT_STARTED) from problem
        finally:
            connections.close_all()

    def _reply(self, run: Run[AnyJob]) -> None:
        """Hand the child the answer, if there is one by now."""
        if run.answer is None or run.ended_by is not None:
            return
        run.meter.alive()
        if not run.answer.done():
            return
        answer, run.answer = run.answer, None
        try:
            run.child.send(answer.result())
        except Ended as end:
            self._end(run, end.why)

    def _note(self, run: Run[AnyJob], event: Event) -> None:
        fields = self.kind.apply(run, event)
        for name, value in fields.items():
            setattr(run.job, name, value)
        run.unwritten |= fields
        run.unpublished = run.unpublished or bool(fields)

    def _judge(self, run: Run[AnyJob]) -> None:
        """End a run that takes too long, or brings nothing any more."""
        if run.ended_by is not None:
            return
        if monotonic() - run.started > self.kind.wall_seconds:
            self._end(run, Failure("limit.time", f"Longer than {self.kind.wall_seconds:.0f} s."))
        elif run.meter.silent_seconds > run.meter.window / 2:
            run.meter.at(self.kind.work_bytes(run.job), of="folder")
            if run.meter.is_stalled:
                detail = f"Nothing came for {run.meter.window:.0f} s."
                self._end(run, Failure("limit.stalled", detail, retryable=True))

    def _end(self, run: Run[AnyJob], why: Failure | PutBack) -> None:
        run.child.kill()
        run.ended_by = why

    def _beat(self, *, at_once: bool) -> None:
        """Renew the leases, write progress, and drop the runs that lost theirs."""
        if self._forget_lapsed() or not (at_once or self._beat_is_due()):
            return
        with self._patience():
            writes = {run.lease: run.unwritten for run in self.runs}
            gone = self._extend(writes)
            self._beaten = monotonic()
            for run in self.runs:
                run.beaten, run.unwritten, run.has_news = self._beaten, {}, False
            self._drop([run for run in self.runs if run.lease in gone])

    def _extend(self, writes: dict[Lease, dict[str, Any]]) -> list[Lease]:
        try:
            return lifecycle.extend(self.kind, writes)
        except AWAY:
            raise
        except Exception:  # one row holds what the database refuses: find it, spare the others
            logger.exception("A heartbeat was refused")
        gone: list[Lease] = []
        for run in self.runs:
            with self._isolation(run):
                gone += lifecycle.extend(self.kind, {run.lease: writes[run.lease]})
        return gone

    def _beat_is_due(self) -> bool:
        return monotonic() - self._beaten > _BEAT_SECONDS

    def _forget_lapsed(self) -> bool:
        """After a stop longer than the lease (SIGSTOP, a database away) the jobs are not ours."""
        lapsed = [run for run in self.runs if monotonic() - run.beaten > settings.LEASE_SECONDS]
        for run in lapsed:
            run.child.kill()
            self.runs.remove(run)
        return bool(lapsed)

    def _drop(self, runs: list[Run[AnyJob]]) -> None:
        """Stop the runs of jobs that were cancelled or taken over, and remove what they left."""
        for run in runs:
            run.child.kill()
            self.runs.remove(run)
            self._may_be_more = True
            self.kind.release(run.job)

    def _settle(self) -> None:
        """Write the end of every run that has one; what the database refuses stays for later."""
        for run in [run for run in self.runs if run.ended_by is not None]:
            with self._patience():
                with self._isolation(run):
                    self._conclude(run)
                run.child.kill()
                self.runs.remove(run)
                self._may_be_more = True  # there is room again

    def _conclude(self, run: Run[AnyJob]) -> None:
        match run.ended_by:
            case Failure() as failure:
                job = lifecycle.fail(self.kind, run.lease, failure)
            case PutBack() as why:
                job = self._put_back(run.lease, why)
            case event:
                job = self._complete(run, event or {})
        if job is None or not job.is_active:
            self.kind.release(run.job)

    def _complete(self, run: Run[AnyJob], event: Event) -> AnyJob | None:
        try:
            return self.kind.complete(run, event)
        except Fenced:
            return None
        except AWAY:
            raise
        except OSError as problem:
            return lifecycle.fail(self.kind, run.lease, _of_the_disk(problem))

    def _publish(self) -> None:
        if monotonic() - self._published < _PUBLISH_SECONDS:
            return
        fresh = [run for run in self.runs if run.unpublished]
        if fresh:
            self._published = monotonic()
            self.kind.publish(fresh)
            for run in fresh:
                run.unpublished = False

    def _let_go(self) -> None:
        """Hand back what still runs, because this worker leaves."""
        for run in self.runs:
            run.child.kill()
        for run in self.runs:
            with self._patience():
                lifecycle.hand_back(
                    self.kind,
                    run.job.pk,
                    where=Q(token=run.job.token),
                    reason="worker_left",
                    actor="worker",
                )
        self.runs.clear()

    @contextmanager
    def _patience(self) -> Iterator[None]:
        """A database that is away for a moment ends no job: reconnect, try again next time."""
        try:
            yield
        except AWAY as problem:
            logger.warning("The database does not answer: %s", problem)
            connection.close()
            sleep(_TICK_SECONDS)

    @contextmanager
    def _isolation(self, run: Run[AnyJob]) -> Iterator[None]:
        """What nobody foresaw in one job's events or files fails that job and no other."""
        try:
            yield
        except AWAY:
            raise
        except Exception as problem:
            logger.exception("Could not go on with %s", run.job)
            run.unwritten = {}
            self._end(run, Failure("internal", repr(problem)))
            with suppress(*AWAY):
                lifecycle.fail(self.kind, run.lease, Failure("internal", repr(problem)))


def _of_the_disk(problem: OSError) -> Failure:
    full = problem.errno in (errno.ENOSPC, errno.EDQUOT)
    code = "disk.full" if full else "internal"
    return Failure(code, str(problem), retryable=True)
