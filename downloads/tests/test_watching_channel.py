"""A channel and a playlist watched for real: yt-dlp in a guarded child against the sandbox."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.jobs import lifecycle
from core.models import Status
from downloads.models import Download, FoundVideo, Listing, Subscription
from downloads.services import listing, watching
from downloads.services.subscriptions import Source, create_subscription
from downloads.tests.looking import CHANNEL, PLAYLIST, outside
from downloads.tests.looking import look as work
from downloads.tests.watch import active_looks, titles

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["outside"]


def due_again(one: Subscription) -> Listing:
    """Its time has come, and a node makes its rounds."""
    Subscription.objects.filter(id=one.pk).update(next_check_at=timezone.now())
    listing.LISTINGS.plan()
    (check,) = active_looks(one)
    return work(check)


def test_a_channel_is_listed_at_first_and_what_is_new_later_is_queued(ana, outside):
    one = create_subscription(by=ana, source=Source(url=CHANNEL), auto_download=True)
    (first,) = active_looks(one)

    done = work(first)

    one.refresh_from_db()
    assert (done.status, done.error_detail) == (Status.COMPLETED, "")
    assert one.name == "Professora Ana"
    assert done.found_new == len(titles(one)) > 0
    assert not Download.objects.exists()
    newest = FoundVideo.objects.latest("id")
    assert newest.published_at == max(FoundVideo.objects.values_list("published_at", flat=True))

    newest.delete()  # as if it had not been out at the first look
    again = due_again(one)

    assert again.status == Status.COMPLETED
    assert again.found_new == 1
    made = Download.objects.get()
    assert (made.source_key, made.subscription, made.owner) == (newest.source_key, one, ana)
    assert FoundVideo.objects.get(source_key=newest.source_key).download == made


def test_what_was_published_since_a_day_is_fetched_at_the_first_look(ana, outside):
    create_subscription(
        by=ana,
        source=Source(url=CHANNEL),
        auto_download=True,
        since=timezone.now() - timedelta(days=5),
    )

    work(Listing.objects.get())

    since = timezone.now() - timedelta(days=5)
    young = FoundVideo.objects.filter(published_at__gte=since)
    assert {one.source_key for one in young} == {one.source_key for one in Download.objects.all()}
    assert 0 < young.count() < FoundVideo.objects.count()


def test_a_playlist_lists_what_can_be_fetched(ana, outside):
    one = create_subscription(by=ana, source=Source(url=PLAYLIST))

    work(Listing.objects.get())

    assert titles(one) == ["Aula 1", "Aula 2"]


def test_a_channel_that_is_not_there_says_so_and_is_tried_later(ana, outside):
    one = create_subscription(by=ana, source=Source(url="https://www.youtube.com/@gone/shorts"))

    done = work(Listing.objects.get())

    one.refresh_from_db()
    assert done.status == Status.FAILED
    assert (one.error_code, one.failures) == (done.error_code, 1)
    assert one.next_check_at > timezone.now() + timedelta(hours=11)
    watching.make_due()
    assert not active_looks(one)


def test_a_worker_that_dies_in_a_look_leaves_it_to_the_next_which_counts_once(ana, outside):
    one = create_subscription(by=ana, source=Source(url=PLAYLIST), auto_download=True)
    check = Listing.objects.get()
    past = timezone.now() - timedelta(minutes=5)
    Listing.objects.filter(pk=check.pk).update(
        status=Status.RUNNING, token="t" * 32, holder="gone", lease_until=past, run=1
    )

    lifecycle.sweep(listing.LISTINGS)
    work(check)

    assert check.status == Status.COMPLETED
    assert titles(one) == ["Aula 1", "Aula 2"]
    assert Listing.objects.count() == 1
