"""Whose download is next: everybody has a turn, and the places people see agree with it."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from core.jobs import lifecycle
from downloads.models import Download
from downloads.selectors import queue
from downloads.services.running import DOWNLOADS
from downloads.tests.build import make_download
from downloads.tests.school import make_account

pytestmark = pytest.mark.django_db


def waiting(owner: User, number: int, minutes: int = 60, **over) -> list[Download]:
    """Queued since `minutes`, one a second."""
    since = timezone.now() - timedelta(minutes=minutes)
    return [
        make_download(owner, available_at=since + timedelta(seconds=one), **over)
        for one in range(number)
    ]


def turns(limit: int = 20) -> list[Download]:
    ids = Download.objects.claimable().next_ids(limit)
    found = Download.objects.in_bulk(ids)
    return [found[pk] for pk in ids]


def test_a_single_video_does_not_wait_for_somebody_elses_batch(ana, bruno):
    many = waiting(ana, 30)
    (single,) = waiting(bruno, 1, minutes=1)

    assert turns(3) == [many[0], single, many[1]]


def test_who_has_fewest_running_is_next(ana, bruno):
    for _ in range(2):
        make_download(ana, status="running")
    older, newer = waiting(ana, 3), waiting(bruno, 4, minutes=1)

    assert turns(6) == [newer[0], newer[1], newer[2], older[0], newer[3], older[1]]


def test_priority_goes_before_any_turn(ana, bruno):
    make_download(ana, status="running")
    first = waiting(bruno, 1)[0]
    low, urgent = waiting(bruno, 1, priority=-1)[0], waiting(ana, 1, minutes=1, priority=3)[0]

    assert turns() == [urgent, first, low]


def test_claims_follow_the_turns(ana, bruno, clara):
    for owner, number in ((ana, 5), (bruno, 2), (clara, 1)):
        waiting(owner, number, minutes=number)
    claimed = [lifecycle.claim(DOWNLOADS, holder="w") for _ in range(8)]

    owners = [job.owner.username for job in claimed if job]
    assert owners == ["ana", "bruno", "clara", "ana", "bruno", "ana", "ana", "ana"]
    assert lifecycle.claim(DOWNLOADS, holder="w") is None


def test_whoever_comes_new_is_served_though_older_lines_have_no_end(ana, bruno, clara):
    """With one slot, which is free again after every download."""
    waiting(ana, 20)
    waiting(bruno, 20)
    owners = []
    for turn in range(8):
        if turn == 3:
            waiting(clara, 1, minutes=0)
        job = lifecycle.claim(DOWNLOADS, holder="w")
        assert job is not None
        owners.append(job.owner.username)
        now = timezone.now()
        Download.objects.filter(pk=job.pk).update(status="cancelled", finished_at=now)

    assert owners[:3] == ["ana", "bruno", "ana"]
    assert sorted(owners[3:6]) == ["ana", "bruno", "clara"]
    assert owners[6:] in (["ana", "bruno"], ["bruno", "ana"])


def test_places_in_the_queue_are_those_of_the_turns(ana, bruno, clara):
    make_download(bruno, status="running")
    for owner, number, priority in (
        (ana, 9, 0),
        (bruno, 4, 0),
        (clara, 2, 0),
        (bruno, 3, 2),
        (ana, 1, 2),
    ):
        waiting(owner, number, minutes=number, priority=priority)

    in_turn = turns(50)
    places = queue.positions_of(list(Download.objects.all()))

    assert len(in_turn) == 19
    assert [places[one.pk] for one in in_turn] == list(range(1, 20))
    assert [queue.position_of(one) for one in in_turn] == list(range(1, 20))
    mine = next(place for place, one in enumerate(in_turn, 1) if one.owner == clara)
    assert queue.next_position(user=clara) == mine


def test_what_is_not_due_stands_behind_and_what_waits_for_an_account_nowhere(ana, bruno):
    account = make_account(ana, status="needs_consent")
    stuck = waiting(ana, 1, credential=account)[0]
    later = make_download(bruno, available_at=timezone.now() + timedelta(hours=1))
    ready = waiting(ana, 2)

    assert turns() == ready
    assert queue.positions_of([stuck, later, *ready]) == {
        ready[0].pk: 1,
        ready[1].pk: 2,
        later.pk: 3,
    }
    assert queue.next_position(user=bruno) == 3


@pytest.mark.parametrize("owners", [1, 20, 2000])
def test_ten_thousand_waiting_downloads_do_not_slow_the_next_one(
    ana, owners, django_assert_max_num_queries
):
    people = [
        ana,
        *User.objects.bulk_create(
            [User(username=f"u{one}", email=f"u{one}@x.org") for one in range(owners - 1)]
        ),
    ]
    since = timezone.now() - timedelta(hours=1)
    Download.objects.bulk_create(
        [
            Download(
                owner=people[number % owners],
                url=f"https://videos.example.org/{number}",
                source="direct",
                source_key=f"{number}",
                fingerprint=f"{number:064}",
                available_at=since + timedelta(milliseconds=number),
            )
            for number in range(10_000)
        ],
        batch_size=1000,
    )
    page = list(Download.objects.order_by("-id")[:200])

    with django_assert_max_num_queries(27):
        assert len(turns()) == 20
    with django_assert_max_num_queries(7):
        assert len(queue.positions_of(page)) == 200
    assert _cpu_seconds(turns) < 0.4
    assert _cpu_seconds(lambda: queue.positions_of(page)) < 0.6


def _cpu_seconds(work) -> float:
    taken = []
    for _ in range(3):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return min(taken)
