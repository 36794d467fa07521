"""Several nodes and people at once: nothing is found, fetched or looked at twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from core.errors import Conflict
from downloads.models import Download, FoundVideo, Listing, Subscription
from downloads.services import subscriptions, watching
from downloads.services.subscriptions import Source
from downloads.tests.school import make_school
from downloads.tests.watch import active_looks, entry, look, make_found, make_subscription

pytestmark = pytest.mark.django_db(transaction=True)


def together(*works: Callable[[], Any]) -> list[Any]:
    def alone(work: Callable[[], Any]) -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(alone, works))


def make_due_now(*rows: Subscription) -> None:
    past = timezone.now() - timedelta(minutes=1)
    Subscription.objects.filter(id__in=[row.pk for row in rows]).update(next_check_at=past)


def test_four_nodes_that_see_the_same_due_ones_look_once(ana):
    school = make_school(ana)
    course = subscriptions.create_subscription(
        by=ana, source=Source(course=school.course), auto_download=True
    )
    channel = make_subscription(ana)
    new = school.video()
    make_due_now(course, channel)

    together(*[watching.make_due] * 4)

    assert len(active_looks(channel)) == 1
    assert [one.course_video for one in FoundVideo.objects.all()] == [new]
    assert [one.course_video for one in Download.objects.all()] == [new]


def test_a_look_and_a_person_who_picks_the_same_video_queue_it_once(ana):
    channel = make_subscription(ana, auto_download=True)
    waiting = [
        make_found(channel, source_key=entry(name)["source_key"], url=entry(name)["url"])
        for name in ("one", "two", "three")
    ]
    entries = [entry(name) for name in ("new", "one", "two", "three")]

    together(
        lambda: look(channel, *entries),
        lambda: subscriptions.download_found(by=ana, subscription=channel),
        lambda: subscriptions.download_found(
            by=ana, subscription=channel, found_ids=[waiting[1].pk]
        ),
    )

    keys = [one.source_key for one in Download.objects.all()]
    assert len(keys) == len(set(keys))
    assert {one["source_key"] for one in entries} == set(keys)
    assert not FoundVideo.objects.filter(download=None).exists()


def test_it_can_end_while_a_look_at_it_ends(ana):
    channel = make_subscription(ana, auto_download=True)

    def end() -> None:
        subscriptions.delete_subscription(by=ana, subscription=channel)

    def take() -> None:
        watching.receive(
            Listing(pk=1, subscription=channel, total=1, most=500, entries=[entry("one")])
        )

    together(end, take)

    assert not Subscription.objects.exists()
    assert not FoundVideo.objects.exists()


def test_the_same_channel_asked_for_twice_at_once_is_watched_once(ana):
    def ask() -> str:
        source = Source(url="https://www.youtube.com/@fisica")
        try:
            subscriptions.create_subscription(by=ana, source=source)
        except Conflict as refusal:
            return refusal.code
        return "made"

    assert sorted(together(ask, ask)) == ["already_watched", "made"]
    assert Subscription.objects.count() == Listing.objects.count() == 1
