"""Limits are kept in the claim: who is full waits, and nobody waits behind him."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from core.jobs import lifecycle
from core.models import Status
from downloads.models import Download, DownloadPolicy, HostPause, UserLimits
from downloads.selectors.downloads import wait_reason
from downloads.selectors.waits import wait_of
from downloads.services.running import DOWNLOADS
from downloads.tests.build import make_download
from library.tests.build import make_video

pytestmark = pytest.mark.django_db


def claim() -> Download | None:
    return lifecycle.claim(DOWNLOADS, holder="w")


def claim_all() -> list[int]:
    taken = []
    while job := claim():
        taken.append(job.pk)
    return taken


def policy(**over) -> None:
    DownloadPolicy.objects.update_or_create(pk=1, defaults=over)


def test_no_more_than_allowed_run_at_once_on_the_whole_installation(ana, bruno):
    policy(max_running=3)
    for _ in range(3):
        make_download(ana)
        make_download(bruno)

    assert len(claim_all()) == 3
    assert Download.objects.filter(status=Status.RUNNING).count() == 3

    Download.objects.filter(status=Status.RUNNING).first().delete()
    assert len(claim_all()) == 1


def test_a_full_person_holds_nobody_back(ana, bruno):
    policy(max_running_per_user=2)
    first = [make_download(ana, priority=5) for _ in range(30)]
    last = make_download(bruno)

    assert claim_all() == [first[0].pk, first[1].pk, last.pk]
    assert wait_reason(Download.objects.get(pk=first[2].pk)) == "user_limit"


def test_a_full_site_holds_nobody_back(ana):
    policy(max_running_per_host=2)
    first = [make_download(ana, host="full.example") for _ in range(30)]
    last = make_download(ana, host="other.example")

    assert claim_all() == [first[0].pk, first[1].pk, last.pk]
    assert wait_reason(Download.objects.get(pk=first[2].pk)) == "host_limit"


def test_the_environment_limits_where_staff_say_nothing(ana, settings):
    settings.MAX_DOWNLOADS_PER_USER = 1
    settings.MAX_DOWNLOADS_PER_HOST = 1
    for host in ("a.example", "b.example"):
        make_download(ana, host=host)
    assert len(claim_all()) == 1

    policy(max_running_per_user=0)
    assert len(claim_all()) == 1


def test_a_person_may_have_limits_of_her_own(ana, bruno):
    policy(max_running_per_user=1)
    UserLimits.objects.create(owner=ana, max_running=3)
    UserLimits.objects.create(owner=bruno, max_running=0)
    for _ in range(5):
        make_download(ana)
        make_download(bruno)

    owners = [Download.objects.get(pk=pk).owner for pk in claim_all()]
    assert (owners.count(ana), owners.count(bruno)) == (3, 5)


def test_paused_nothing_is_begun_and_what_runs_goes_on(ana):
    running, waiting = make_download(ana, status="running"), make_download(ana)
    policy(paused=True)

    assert claim() is None
    assert DOWNLOADS.obstacle() == "paused"
    assert wait_reason(waiting) == "paused"
    assert Download.objects.get(pk=running.pk).status == Status.RUNNING

    policy(paused=False)
    assert claim_all() == [waiting.pk]


def test_one_paused_person_stops_nobody_else(ana, bruno):
    UserLimits.objects.create(owner=ana, paused=True)
    hers, his = make_download(ana, priority=9), make_download(bruno)

    assert claim_all() == [his.pk]
    assert (wait_reason(hers), DOWNLOADS.obstacle()) == ("paused", "")


@pytest.mark.parametrize(
    ("begin", "end", "open_now"),
    [(-1, 1, True), (1, 3, False), (-3, -1, False), (-1, -2, True), (2, 1, True), (1, -1, False)],
)
def test_downloads_begin_within_the_hours_only(ana, begin, end, open_now):
    """Hours from now on; where the end lies before the beginning it is over midnight."""
    noon = timezone.localtime().replace(hour=12, minute=0)
    waiting = make_download(ana)
    hour = timezone.localtime().hour
    policy(
        hours_from=noon.replace(hour=(hour + begin) % 24).time().replace(second=0),
        hours_until=noon.replace(hour=(hour + end) % 24).time().replace(second=0),
    )
    if timezone.localtime().hour != hour:
        pytest.skip("the hour has just changed")

    assert (claim() is not None) is open_now
    if not open_now:
        wait = wait_of(Download.objects.get(pk=waiting.pk))
        assert (DOWNLOADS.obstacle(), wait.reason) == ("outside_hours", "outside_hours")
        assert wait.until is not None
        assert timezone.localtime(wait.until).hour == (hour + begin) % 24
        assert timedelta() < wait.until - timezone.now() <= timedelta(days=1)


def test_a_paused_site_is_left_alone_and_others_are_not(ana):
    until = timezone.now() + timedelta(minutes=20)
    HostPause.objects.create(host="tired.example", reason="source.rate_limited", until=until)
    tired = make_download(ana, host="tired.example", priority=3)
    fresh = make_download(ana, host="fresh.example")

    assert claim_all() == [fresh.pk]
    wait = wait_of(tired)
    assert (wait.reason, wait.until) == ("host_pause", until)


def test_after_its_pause_a_site_is_tried_with_one_download(ana):
    over = timezone.now() - timedelta(seconds=5)
    HostPause.objects.create(host="tired.example", reason="source.bot_check", until=over)
    waiting = [make_download(ana, host="tired.example") for _ in range(3)]
    assert claim_all() == [waiting[0].pk]

    HostPause.objects.all().delete()
    assert claim_all() == [waiting[1].pk, waiting[2].pk]


def test_what_the_disk_cannot_hold_waits_and_the_smaller_goes_first(ana, monkeypatch, settings):
    settings.MIN_FREE_BYTES = 100
    monkeypatch.setattr("core.storage.free_bytes", lambda: 1000)
    make_download(
        ana, status="running", estimated_bytes=400, total_bytes=500, downloaded_bytes=200
    )
    large = make_download(ana, estimated_bytes=601, priority=3)
    small = make_download(ana, estimated_bytes=600)

    assert claim_all() == [small.pk]
    assert wait_reason(large) == "disk_low"
    assert DOWNLOADS.obstacle() == ""


def test_at_the_quota_new_downloads_wait_and_are_not_lost(ana, bruno):
    make_video(ana, content=b"x" * 700)
    policy(quota_bytes=1000)
    UserLimits.objects.create(owner=bruno, quota_bytes=2000)
    large, small = make_download(ana, estimated_bytes=301), make_download(ana, estimated_bytes=300)
    unknown, others = make_download(ana), make_download(bruno, estimated_bytes=1500)

    assert set(claim_all()) == {small.pk, others.pk}
    assert wait_reason(Download.objects.get(pk=large.pk)) == "quota_full"
    assert wait_reason(Download.objects.get(pk=unknown.pk)) == "quota_full"

    policy(quota_bytes=None)
    assert set(claim_all()) == {large.pk, unknown.pk}


def test_a_retry_says_when_it_tries_again(ana):
    later = timezone.now() + timedelta(minutes=3)
    download = make_download(ana, run=1, attempt=1, wait_reason="retry", available_at=later)

    wait = wait_of(download)
    assert (wait.reason, wait.until) == ("retry", later)


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_moment_never_take_more_than_allowed(ana, bruno):
    policy(max_running=5, max_running_per_user=3, max_running_per_host=4)
    for number in range(20):
        make_download(ana, host=f"{number % 2}.example")
        make_download(bruno, host=f"{number % 2}.example")
    problems: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(4):
                claim()
        except BaseException as problem:  # noqa: BLE001 - told to the test
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    running = Download.objects.filter(status=Status.RUNNING)
    assert problems == []
    assert running.count() == 5
    assert max(running.filter(owner=owner).count() for owner in (ana, bruno)) <= 3
