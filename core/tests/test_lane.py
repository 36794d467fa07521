"""Jobs without a child: one after another on a worker's lane, each able to end or go back."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Credential, User
from core.jobs import lifecycle, node
from core.jobs.kind import Beat, Ended, Failure, InlineKind, Move, PutBack
from core.jobs.lane import Lane
from core.jobs.runner import Runner
from core.models import JobQuerySet
from core.tests.children import eventually
from courses.models import Sync
from downloads.services.running import DOWNLOADS

pytestmark = pytest.mark.django_db(transaction=True)


class Puppets(InlineKind[Sync]):
    """Synchronisations that do what the test says."""

    def __init__(self, deed: Callable[[Sync, Beat], dict[str, Any]]) -> None:
        self.deed = deed
        self.moves: list[tuple[str, str, str]] = []

    def rows(self) -> JobQuerySet[Sync]:
        return Sync.objects.select_related("credential")

    def moved(self, moves: Sequence[Move[Sync]], reason: str, actor: str) -> None:
        self.moves += [(move.source, move.job.status, reason) for move in moves]

    def obstacle(self) -> str:
        return ""

    def work(self, job: Sync, beat: Beat) -> dict[str, Any]:
        return self.deed(job, beat)


@pytest.fixture(autouse=True)
def this_node() -> None:
    node.start()


def make_sync(owner: User) -> Sync:
    sub = str(Credential.objects.count())
    credential = Credential.objects.create(owner=owner, google_sub=sub, email="ana@escola.example")
    return Sync.objects.create(credential=credential)


def run(deed: Callable[[Sync, Beat], dict[str, Any]], sync: Sync) -> Puppets:
    kind = Puppets(deed)
    Lane(kind, holder="worker-1").run_next()
    sync.refresh_from_db()
    return kind


def test_what_the_work_returns_stands_in_the_completed_row(ana):
    sync = make_sync(ana)
    kind = run(lambda job, beat: {"courses_done": 7}, sync)
    assert (sync.status, sync.courses_done, sync.token) == ("completed", 7, "")
    assert kind.moves == [("queued", "running", ""), ("running", "completed", "")]


def test_a_beat_writes_what_it_is_given_and_renews_the_lease(ana):
    sync = make_sync(ana)
    seen: list[Any] = []

    def deed(job: Sync, beat: Beat) -> dict[str, Any]:
        Sync.objects.filter(pk=job.pk).update(lease_until=timezone.now())
        beat(courses_total=3)
        row = Sync.objects.get(pk=job.pk)
        seen.append((row.courses_total, job.courses_total, row.lease_until))
        return {}

    run(deed, sync)
    assert seen[0][:2] == (3, 3)
    assert (seen[0][2] - timezone.now()).total_seconds() > 20


def test_a_cancelled_job_hears_of_it_at_its_next_beat_and_changes_nothing_more(ana):
    sync = make_sync(ana)
    reached: list[str] = []

    def deed(job: Sync, beat: Beat) -> dict[str, Any]:
        lifecycle.cancel(Puppets(deed), [job.pk], actor="user:1")
        beat(courses_total=3)
        reached.append("after the beat")
        return {"courses_done": 7}

    run(deed, sync)
    assert reached == []
    assert (sync.status, sync.courses_total, sync.courses_done) == ("cancelled", 0, 0)


def test_a_failure_that_may_pass_is_tried_again_later(ana):
    sync = make_sync(ana)

    def deed(job: Sync, beat: Beat) -> dict[str, Any]:
        raise Ended(Failure("google.upstream", "HTTP 503", retryable=True, retry_after=60))

    run(deed, sync)
    assert (sync.status, sync.attempt, sync.error_code) == ("queued", 1, "google.upstream")
    assert (sync.available_at - timezone.now()).total_seconds() > 55


def test_a_job_that_has_to_wait_costs_no_attempt(ana):
    sync = make_sync(ana)

    def deed(job: Sync, beat: Beat) -> dict[str, Any]:
        raise Ended(PutBack("needs_consent", 0))

    run(deed, sync)
    assert (sync.status, sync.attempt, sync.handed_back) == ("queued", 0, 0)


def test_what_nobody_foresaw_fails_the_attempt_and_the_next_job_runs(ana):
    broken, healthy = make_sync(ana), make_sync(ana)

    def deed(job: Sync, beat: Beat) -> dict[str, Any]:
        if job.pk == broken.pk:
            raise ZeroDivisionError
        return {}

    lane = Lane(Puppets(deed), holder="worker-1")
    assert [lane.run_next(), lane.run_next(), lane.run_next()] == [True, True, False]
    broken.refresh_from_db()
    healthy.refresh_from_db()
    assert (broken.status, broken.attempt, broken.error_code) == ("queued", 1, "internal")
    assert healthy.status == "completed"


def test_a_job_of_an_account_that_waits_for_its_owner_is_not_taken(ana):
    sync = make_sync(ana)
    Credential.objects.update(status="needs_consent")
    run(lambda job, beat: {}, sync)
    assert sync.status == "queued"


def test_a_worker_waits_for_its_lane_to_end(ana):
    sync = make_sync(ana)

    def deed(job: Sync, beat: Beat) -> dict[str, Any]:
        beat.pause(0.3)
        return {"courses_done": 1}

    Runner(DOWNLOADS, slots=1, lanes=[Lane(Puppets(deed))]).drain()
    sync.refresh_from_db()
    assert (sync.status, sync.courses_done) == ("completed", 1)


def test_a_node_that_stops_hands_the_job_back(ana, monkeypatch):
    sync = make_sync(ana)
    begun = threading.Event()

    def deed(job: Sync, beat: Beat) -> dict[str, Any]:
        begun.set()
        beat.pause(30)
        return {}

    lane = Lane(Puppets(deed), holder="worker-1")
    lane.poke()
    assert begun.wait(5)
    monkeypatch.setattr(node, "is_stopping", lambda: True)
    began = time.monotonic()
    lane.leave()
    sync.refresh_from_db()
    assert time.monotonic() - began < 3
    assert (sync.status, sync.attempt, sync.handed_back) == ("queued", 0, 1)


def test_what_does_not_even_hear_that_the_node_stops_is_handed_back_for_it(ana, monkeypatch):
    sync = make_sync(ana)
    begun, over = threading.Event(), threading.Event()

    def deed(job: Sync, beat: Beat) -> dict[str, Any]:
        begun.set()
        assert over.wait(10)
        return {"courses_done": 7}

    monkeypatch.setattr("core.jobs.lane._LEAVE_SECONDS", 0.2)
    lane = Lane(Puppets(deed), holder="worker-1")
    lane.poke()
    assert begun.wait(5)
    monkeypatch.setattr(node, "is_stopping", lambda: True)
    lane.leave()
    sync.refresh_from_db()
    assert (sync.status, sync.attempt, sync.handed_back) == ("queued", 0, 1)
    over.set()
    eventually(lambda: not lane.is_busy)
    sync.refresh_from_db()
    assert (sync.status, sync.courses_done) == ("queued", 0)


def test_a_lane_that_hangs_is_given_up_and_its_job_done_by_another(ana, settings):
    settings.LEASE_SECONDS = 1
    sync = make_sync(ana)
    begun, over = threading.Event(), threading.Event()

    def deed(job: Sync, beat: Beat) -> dict[str, Any]:
        if job.run == 1:
            begun.set()
            assert over.wait(10)
        return {"courses_done": job.run}

    kind = Puppets(deed)
    lane = Lane(kind, holder="worker-1")
    lane.poke()
    assert begun.wait(5)
    assert lane.is_busy
    eventually(lambda: not lane.is_busy)
    eventually(lambda: lifecycle.sweep(kind) == 1)
    lane.poke()
    eventually(lambda: not lane.is_busy)
    over.set()
    time.sleep(0.2)
    sync.refresh_from_db()
    assert (sync.status, sync.courses_done, sync.handed_back) == ("completed", 2, 1)
    assert [move[1] for move in kind.moves] == ["running", "queued", "running", "completed"]


def test_where_nothing_waits_no_thread_is_begun(ana, monkeypatch):
    begun: list[str] = []
    monkeypatch.setattr(Lane, "_run", lambda self: begun.append("thread"))
    Lane(Puppets(lambda job, beat: {}), holder="worker-1").poke()
    assert begun == []
