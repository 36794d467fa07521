"""A job's life: claimed by one, kept by its lease, counted only for its own failures."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from core.jobs import holders, lifecycle
from core.jobs.kind import Failure, Fenced, Lease
from core.models import Event, Status
from downloads.models import Download, Transition
from downloads.services.running import DOWNLOADS
from downloads.tests.build import make_download


def lease_of(download: Download) -> Lease:
    return Lease(download.pk, download.token)


def claimed(holder: str = "worker-1") -> Download:
    job = lifecycle.claim(DOWNLOADS, holder=holder)
    assert job is not None
    return job


def test_a_claim_writes_token_holder_lease_and_run(ana):
    download = make_download(ana)
    before = timezone.now()
    job = claimed()
    assert job.pk == download.pk
    assert (job.status, job.holder, job.run, job.attempt) == ("running", "worker-1", 1, 0)
    assert len(job.token) == 32
    assert job.started_at is not None
    assert job.lease_until is not None
    assert before + timedelta(seconds=29) < job.lease_until < before + timedelta(seconds=32)


def test_a_claimed_job_is_nobody_elses_to_claim(ana):
    make_download(ana)
    claimed()
    assert lifecycle.claim(DOWNLOADS, holder="worker-2") is None


def test_jobs_are_taken_by_priority_then_age(ana):
    first, second = make_download(ana), make_download(ana)
    urgent = make_download(ana, priority=5)
    taken = [claimed().pk for _ in range(3)]
    assert taken == [urgent.pk, first.pk, second.pk]


def test_a_job_whose_time_has_not_come_is_left_alone(ana):
    make_download(ana, available_at=timezone.now() + timedelta(minutes=1))
    assert lifecycle.claim(DOWNLOADS, holder="worker-1") is None


def test_a_heartbeat_renews_the_lease_and_writes_progress(ana):
    make_download(ana)
    job = claimed()
    Download.objects.filter(id=job.pk).update(lease_until=timezone.now())
    assert lifecycle.extend(DOWNLOADS, {lease_of(job): {"downloaded_bytes": 7}}) == []
    job.refresh_from_db()
    assert job.downloaded_bytes == 7
    assert job.lease_until is not None
    assert job.lease_until > timezone.now() + timedelta(seconds=25)


def test_a_heartbeat_with_an_old_token_changes_nothing_and_says_so(ana):
    make_download(ana)
    job = claimed()
    stale = Lease(job.pk, "0" * 32)
    assert lifecycle.extend(DOWNLOADS, {stale: {"downloaded_bytes": 7}}) == [stale]
    job.refresh_from_db()
    assert job.downloaded_bytes == 0


def test_a_cancelled_job_cannot_be_completed_by_its_worker(ana):
    make_download(ana)
    job = claimed()
    assert lifecycle.cancel(DOWNLOADS, [job.pk], actor="user:1")
    with pytest.raises(Fenced):
        lifecycle.complete(DOWNLOADS, lease_of(job))
    job.refresh_from_db()
    assert job.status == "cancelled"
    assert job.token == ""


def test_a_completed_job_cannot_be_cancelled(ana):
    make_download(ana)
    job = claimed()
    lifecycle.complete(DOWNLOADS, lease_of(job), progress_percent=100)
    assert not lifecycle.cancel(DOWNLOADS, [job.pk], actor="user:1")
    job.refresh_from_db()
    assert job.status == "completed"


def test_a_transient_failure_queues_the_job_for_later(ana, settings):
    settings.RETRY_BASE_SECONDS = 0
    make_download(ana)
    job = claimed()
    lifecycle.fail(
        DOWNLOADS,
        lease_of(job),
        Failure("source.rate_limited", "429", retryable=True, retry_after=60),
    )
    job.refresh_from_db()
    assert (job.status, job.attempt, job.wait_reason) == ("queued", 1, "retry")
    assert job.error_code == "source.rate_limited"
    wait = job.available_at - timezone.now()
    assert timedelta(seconds=58) < wait <= timedelta(seconds=60)


def test_the_third_failure_is_the_last(ana, settings):
    settings.RETRY_BASE_SECONDS = 0
    make_download(ana)
    for _ in range(3):
        lifecycle.fail(DOWNLOADS, lease_of(claimed()), Failure("job.crashed", retryable=True))
    download = Download.objects.get()
    assert (download.status, download.attempt, download.run) == ("failed", 3, 3)
    assert download.finished_at is not None
    assert lifecycle.claim(DOWNLOADS, holder="worker-1") is None


def test_a_permanent_failure_ends_at_once(ana):
    make_download(ana)
    lifecycle.fail(DOWNLOADS, lease_of(claimed()), Failure("source.private"))
    download = Download.objects.get()
    assert (download.status, download.attempt) == ("failed", 1)


def test_a_lapsed_lease_hands_the_job_back_without_an_attempt(ana):
    make_download(ana)
    job = claimed()
    Download.objects.filter(id=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert lifecycle.sweep(DOWNLOADS) == 1
    job.refresh_from_db()
    assert (job.status, job.attempt, job.handed_back, job.token) == ("queued", 0, 1, "")
    assert Transition.objects.order_by("-id")[0].reason == "lease_lapsed"


def test_the_job_of_a_dead_process_is_handed_back_before_its_lease_ends(ana):
    make_download(ana)
    holder = holders.Holder()
    claimed(holder.id)
    assert lifecycle.sweep(DOWNLOADS) == 0
    holder._file.close()  # what the kernel does when the process ends
    assert lifecycle.sweep(DOWNLOADS) == 1
    assert Download.objects.get().status == "queued"
    holder.close()


def test_a_job_handed_back_ten_times_is_given_up_the_next_time(ana):
    make_download(ana, handed_back=10)
    job = claimed()
    lifecycle.hand_back(DOWNLOADS, job.pk, where=Q(token=job.token), reason="worker_died")
    job.refresh_from_db()
    assert (job.status, job.error_code, job.attempt) == ("failed", "job.crashed", 0)


def test_a_job_that_could_not_be_started_is_put_back_uncounted(ana):
    make_download(ana)
    job = claimed()
    lifecycle.put_back(DOWNLOADS, lease_of(job), reason="not_started", delay_seconds=5)
    job.refresh_from_db()
    assert (job.status, job.attempt, job.handed_back) == ("queued", 0, 0)
    assert job.available_at > timezone.now() + timedelta(seconds=4)


def test_starting_again_gives_back_every_attempt(ana):
    download = make_download(ana, status="failed", attempt=3, handed_back=4)
    assert lifecycle.requeue(DOWNLOADS, [download.pk], actor="user:1")
    download.refresh_from_db()
    assert (download.status, download.attempt, download.handed_back) == ("queued", 0, 0)
    assert (download.started_at, download.finished_at, download.error_code) == (None, None, "")


def test_every_move_leaves_one_row_of_history_and_one_event(ana):
    make_download(ana)
    job = claimed()
    lifecycle.complete(DOWNLOADS, lease_of(job), progress_percent=100)
    moves = Transition.objects.order_by("id").values_list("source", "target")
    assert list(moves) == [("queued", "running"), ("running", "completed")]
    events = Event.objects.order_by("id").values_list("topic", "owner_id", "data__status")
    assert list(events) == [
        (f"download.{job.pk}", ana.pk, "running"),
        (f"download.{job.pk}", ana.pk, "completed"),
    ]


def test_the_database_refuses_a_running_job_without_a_lease(ana):
    download = make_download(ana)
    with pytest.raises(IntegrityError), transaction.atomic():
        Download.objects.filter(id=download.pk).update(status=Status.RUNNING)
