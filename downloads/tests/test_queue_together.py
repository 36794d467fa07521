"""One person's downloads queued and retried in many ways at once: each once, and nobody hangs."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from core.models import ACTIVE
from downloads.models import Download, Transition
from downloads.services import bulk, queueing, requests
from downloads.services.requests import Plan, QueueRequest

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = 150


def together(*works: Callable[[], Any]) -> None:
    ready = Barrier(len(works))

    def alone(work: Callable[[], Any]) -> None:
        try:
            ready.wait()
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        list(pool.map(alone, works))


def plans() -> list[Plan]:
    address = "https://www.youtube.com/watch?v=aaaaaaa{:04}"
    found = [QueueRequest(url=address.format(place)) for place in range(NUMBER)]
    return [requests.plan(one) for one in found]


def queue(by: User, wanted: list[Plan]) -> Callable[[], Any]:
    return lambda: queueing.queue_planned(by=by, plans=wanted)


def test_the_same_videos_in_another_order_are_queued_once(ana):
    wanted = plans()

    together(queue(ana, wanted), queue(ana, wanted[::-1]), queue(ana, wanted[70:] + wanted[:70]))

    assert Download.objects.count() == NUMBER
    assert Transition.objects.count() == NUMBER


def test_a_retry_and_a_new_request_for_the_same_videos_start_each_once(ana):
    wanted = plans()
    old = [one.download for one in queueing.queue_planned(by=ana, plans=wanted)]
    bulk.cancel_downloads(by=ana, downloads=old)

    together(
        queue(ana, wanted[::-1]),
        lambda: bulk.retry_downloads(by=ana, downloads=old),
        lambda: queueing.cancel_many(by=ana, ids=[one.pk for one in old[::3]]),
    )

    active = Download.objects.filter(owner=ana, status__in=ACTIVE)
    prints = active.values_list("fingerprint", flat=True)
    assert len(prints) == len(set(prints))
    assert Download.objects.values("fingerprint").distinct().count() == NUMBER
