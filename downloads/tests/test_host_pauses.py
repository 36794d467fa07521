"""One refusal pauses its site; nobody loses an attempt by it, and nobody else asks meanwhile."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.jobs import lifecycle
from core.jobs.kind import Failure, Lease, PutBack
from core.models import Status
from downloads.models import Download, HostPause
from downloads.services import pauses
from downloads.services.running import DOWNLOADS
from downloads.tests.build import make_download
from downloads.tests.school import make_account

pytestmark = pytest.mark.django_db

SITE = "videos.example.org"
BUSY = Failure("source.rate_limited", "HTTP Error 429: Too Many Requests", retryable=True)
ROBOT = Failure("source.bot_check", "Sign in to confirm you're not a bot")
AWAY = Failure("network.unreachable", "no route", retryable=True)
GOOGLE_AWAY = Failure("network.unreachable", "Google: 503", retryable=True)


def on(site: str = SITE, **over) -> dict:
    return {"host": site, **over}


def run(failure: Failure) -> tuple[Download, Failure | PutBack]:
    """The next download in turn ends like this."""
    job = lifecycle.claim(DOWNLOADS, holder="w")
    assert job is not None
    lease, verdict = Lease(job.pk, job.token), DOWNLOADS.judge(job, failure)
    if isinstance(verdict, PutBack):
        lifecycle.put_back(
            DOWNLOADS, lease, reason=verdict.reason, delay_seconds=verdict.delay_seconds
        )
    else:
        lifecycle.fail(DOWNLOADS, lease, verdict)
    job.refresh_from_db()
    return job, verdict


def end_pauses() -> None:
    HostPause.objects.update(until=timezone.now() - timedelta(seconds=1))
    past = timezone.now() - timedelta(seconds=1)
    Download.objects.filter(status=Status.QUEUED).update(available_at=past)


def pause_length() -> float:
    pause = HostPause.objects.get()
    return (pause.until - pause.since).total_seconds()


def minutes(number: float) -> float:
    return number * 60


def test_one_refusal_stops_all_of_its_site_and_costs_no_attempt(ana, bruno):
    for owner in (ana, bruno) * 10:
        make_download(owner, **on())
    make_download(bruno, **on("other.example"))

    job, verdict = run(BUSY)

    assert isinstance(verdict, PutBack)
    assert (job.status, job.attempt) == ("queued", 0)
    pause = HostPause.objects.get()
    assert (pause.host, pause.reason, pause.strikes) == (SITE, "source.rate_limited", 1)
    assert minutes(5) <= pause_length() <= minutes(6.5)
    left = [lifecycle.claim(DOWNLOADS, holder="w") for _ in range(2)]
    assert [one.host if one else None for one in left] == ["other.example", None]


def test_a_bot_check_pauses_for_longer_and_ever_longer_up_to_a_day(ana):
    make_download(ana, **on())
    lengths = []
    for _ in range(6):
        assert isinstance(run(ROBOT)[1], PutBack)
        lengths.append(pause_length())
        end_pauses()

    for number, length in enumerate(lengths):
        assert minutes(15) * 2**number <= length <= minutes(15) * 2**number * 1.25
    HostPause.objects.update(strikes=30)
    pauses._pause(SITE, ROBOT, pauses._ROBOT)
    assert pause_length() == pytest.approx(24 * 3600)


def test_what_the_site_asks_for_is_kept_where_it_is_longer(ana):
    make_download(ana, **on())
    run(Failure(BUSY.code, BUSY.detail, retryable=True, retry_after=7200))

    assert 7200 <= pause_length() <= 7200 + minutes(5) / 4


def test_those_that_were_under_way_make_the_pause_no_longer(ana):
    jobs = [make_download(ana, status="running", **on()) for _ in range(5)]
    verdicts = [DOWNLOADS.judge(job, BUSY) for job in jobs]

    assert all(isinstance(verdict, PutBack) for verdict in verdicts)
    assert HostPause.objects.get().strikes == 1
    assert pause_length() <= minutes(6.5)


def test_a_success_ends_it(ana):
    make_download(ana, **on())
    run(BUSY)
    end_pauses()
    pauses.answered(Download.objects.get())

    assert not HostPause.objects.exists()


def test_what_is_refused_again_and_again_fails_in_the_end(ana):
    download = make_download(ana, **on())
    for _ in range(6):
        assert isinstance(run(ROBOT)[1], PutBack)
        end_pauses()
    job, verdict = run(ROBOT)

    assert verdict == ROBOT
    assert (job.pk, job.status, job.error_code) == (download.pk, "failed", "source.bot_check")

    lifecycle.requeue(DOWNLOADS, [job.pk], actor="user:1")
    end_pauses()
    assert isinstance(run(ROBOT)[1], PutBack)  # it was asked for anew


def test_one_forbidden_video_pauses_no_site_but_many_in_a_row_do(ana):
    forbidden = Failure("source.rate_limited", "HTTP Error 403: Forbidden", retryable=True)
    jobs = [make_download(ana, **on()) for _ in range(3)]

    assert [run(forbidden)[1] for _ in range(2)] == [forbidden, forbidden]
    assert not HostPause.objects.exists()
    job, verdict = run(forbidden)
    assert (job, isinstance(verdict, PutBack)) == (jobs[2], True)
    assert minutes(1) <= pause_length() <= minutes(1.25)


def test_a_site_that_is_away_is_noticed_by_the_third_download(ana):
    for _ in range(5):
        make_download(ana, **on())
    verdicts = [run(AWAY)[1] for _ in range(3)]

    assert verdicts[:2] == [AWAY, AWAY]
    assert isinstance(verdicts[2], PutBack)
    assert HostPause.objects.get().reason == "network.unreachable"
    assert lifecycle.claim(DOWNLOADS, holder="w") is None


def test_one_download_that_fails_three_times_pauses_nothing(ana):
    make_download(ana, **on())
    for _ in range(3):
        run(AWAY)
        end_pauses()

    assert Download.objects.get().status == "failed"
    assert not HostPause.objects.exists()


def test_google_away_burns_no_attempt_of_any_file(ana):
    account = make_account(ana)
    for _ in range(3):
        make_download(ana, source="drive", credential=account, **on("drive.google.com"))
    for _ in range(3):
        job, _ = run(GOOGLE_AWAY)
        assert (job.status, job.attempt) == ("queued", 0)
        end_pauses()

    assert Download.objects.filter(attempt=0, status="queued").count() == 3


def test_a_spent_quota_of_one_file_parks_that_file_alone(ana):
    account = make_account(ana)
    for _ in range(2):
        make_download(ana, source="drive", credential=account, **on("drive.google.com"))
    spent = Failure("source.quota", "Google: quota", retryable=True, retry_after=43200)

    job, verdict = run(spent)

    assert isinstance(verdict, PutBack)
    assert (job.attempt, HostPause.objects.count()) == (0, 0)
    assert job.available_at > timezone.now() + timedelta(hours=11)
    assert lifecycle.claim(DOWNLOADS, holder="w") is not None


@pytest.mark.parametrize("code", ["source.private", "limit.size", "file.corrupt", "internal"])
def test_every_other_failure_is_one_of_its_download(ana, code):
    make_download(ana, **on())
    failure = Failure(code, "", retryable=False)

    assert run(failure)[1] == failure
    assert not HostPause.objects.exists()
