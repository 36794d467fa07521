"""What a look at a channel or playlist means: lists, downloads by rule, failures."""

from datetime import timedelta

import pytest
from django.test import TestCase
from django.utils import timezone

from core.jobs.kind import Failure
from core.models import Event
from courses.tests.make import make_course
from downloads.models import Download, FoundVideo, HostPause, Listing, Subscription
from downloads.services import listing, queueing, watching
from downloads.services.requests import QueueRequest
from downloads.tests.watch import active_looks, entry, look, make_found, make_subscription, titles

pytestmark = pytest.mark.django_db


def iso(days: int) -> str:
    return (timezone.now() - timedelta(days=days)).isoformat()


def test_the_first_look_lists_what_is_there_and_fetches_nothing(ana):
    channel = make_subscription(ana, auto_download=True, last_checked_at=None)

    done = look(channel, entry("third"), entry("second"), entry("first"))

    assert titles(channel) == ["first", "second", "third"]
    assert Listing.objects.get(pk=done.pk).found_new == 3
    assert not Download.objects.exists()
    assert channel.last_checked_at is not None


def test_with_a_day_the_first_look_fetches_what_was_published_since(ana):
    since = timezone.now() - timedelta(days=7)
    channel = make_subscription(ana, auto_download=True, last_checked_at=None, since=since)

    look(
        channel, entry("new", published_at=iso(2)), entry("old", published_at=iso(20)), entry("?")
    )

    assert [one.source_key for one in Download.objects.all()] == [entry("new")["source_key"]]
    assert titles(channel, wanted=True) == ["new"]


def test_what_is_new_later_is_queued_once_as_the_subscription_wants_it(ana):
    channel = make_subscription(
        ana, auto_download=True, quality="720p", subtitles=False, title_filter="lesson"
    )
    look(channel, entry("lesson 1"))
    download = Download.objects.get()

    again = look(channel, entry("lesson 2"), entry("trailer"), entry("lesson 1"))

    assert again.pk
    assert Download.objects.count() == 2
    newest = Download.objects.latest("id")
    assert (newest.source_key, newest.quality, newest.subtitles, newest.priority) == (
        entry("lesson 2")["source_key"],
        "720p",
        False,
        0,
    )
    assert {one.subscription for one in (download, newest)} == {channel}
    assert titles(channel, wanted=True) == ["lesson 1", "lesson 2"]
    assert titles(channel, download=None) == ["trailer"]


def test_the_same_look_taken_twice_adds_and_queues_nothing_twice(ana):
    channel = make_subscription(ana, auto_download=True)
    look(channel, entry("one"), entry("two"))

    look(channel, entry("one"), entry("two"))

    assert len(titles(channel)) == 2
    assert Download.objects.count() == 2


def test_without_a_rule_nothing_is_fetched(ana):
    channel = make_subscription(ana, auto_download=False)

    look(channel, entry("one"))

    assert titles(channel, wanted=False) == ["one"]
    assert not Download.objects.exists()


def test_a_video_that_is_not_out_yet_is_new_once_it_is(ana):
    channel = make_subscription(ana, auto_download=True, last_checked_at=None)
    look(channel, entry("premiere", available=False), entry("old"))
    assert titles(channel) == ["old"]

    look(channel, entry("premiere"), entry("old"))

    assert [one.source_key for one in Download.objects.all()] == [entry("premiere")["source_key"]]


def test_what_is_gone_is_marked_and_comes_back(ana):
    channel = make_subscription(ana)
    look(channel, entry("one"), entry("two"))

    look(channel, entry("two"))
    assert titles(channel, gone_at__isnull=False) == ["one"]

    look(channel, entry("one"), entry("two"))
    assert titles(channel, gone_at__isnull=False) == []


def test_an_empty_answer_or_a_cut_list_takes_nothing_away(ana):
    channel = make_subscription(ana)
    look(channel, entry("one"), entry("two"))

    look(channel)
    look(channel, entry("two"), total=900)

    assert titles(channel, gone_at=None) == ["two", "one"]


def test_what_slides_into_a_cut_list_of_a_channel_is_listed_but_not_fetched(ana):
    channel = make_subscription(ana, auto_download=True)
    make_found(channel, source_key=entry("known")["source_key"])

    look(channel, entry("new"), entry("known"), entry("ancient"), total=900)

    assert [one.source_key for one in Download.objects.all()] == [entry("new")["source_key"]]
    assert titles(channel, wanted=False, download=None)[-1] == "ancient"


def test_a_video_held_already_is_linked_and_one_under_way_is_joined(ana):
    channel = make_subscription(ana, auto_download=True)
    hand = queueing.queue_download(by=ana, request=QueueRequest(url=entry("one")["url"])).download

    look(channel, entry("one"))

    assert list(Download.objects.all()) == [hand]
    assert FoundVideo.objects.get().download == hand


def test_a_channel_is_called_as_its_source_unless_its_owner_has_named_it(ana):
    unnamed = make_subscription(ana, name="@channel77", source_key="@channel77")
    named = make_subscription(ana, name="Mine")

    look(unnamed, entry("one"), channel="Física com Ana")
    look(named, entry("one"), channel="Física com Ana")

    assert (unnamed.name, unnamed.folder) == ("Física com Ana", "fisica-com-ana")
    assert named.name == "Mine"


def test_a_failure_waits_longer_each_time_and_the_next_success_forgets_it(ana):
    channel = make_subscription(ana, interval_seconds=3600)
    failed = Listing(subscription=channel)
    for wait in (2, 4, 8):
        before = timezone.now()
        watching.check_failed(failed, Failure("network.timeout", "slow"))
        channel.refresh_from_db()
        pause = channel.next_check_at - before
        assert timedelta(hours=wait) <= pause < timedelta(hours=wait, minutes=1)
    assert (channel.failures, channel.error_code) == (3, "network.timeout")

    look(channel, entry("one"))

    assert (channel.failures, channel.error_code, channel.error_detail) == (0, "", "")
    assert timedelta(minutes=59) < channel.next_check_at - timezone.now() <= timedelta(hours=1)


def test_what_is_due_is_looked_at_once_however_often_it_is_asked(ana):
    due = make_subscription(ana, next_check_at=timezone.now() - timedelta(minutes=1))
    later, paused = make_subscription(ana), make_subscription(ana, enabled=False)
    Subscription.objects.filter(id=paused.pk).update(next_check_at=timezone.now())

    watching.make_due()
    watching.make_due()

    assert [one.url for one in active_looks(due)] == [due.url]
    assert not active_looks(later)
    assert not active_looks(paused)
    due.refresh_from_db()
    assert due.next_check_at > timezone.now()


def test_nothing_is_looked_at_for_somebody_who_may_not_come_in(ana):
    due = make_subscription(ana, next_check_at=timezone.now() - timedelta(minutes=1))
    ana.is_active = False
    ana.save()

    watching.make_due()

    assert not active_looks(due)


def test_one_that_breaks_does_not_keep_the_others_from_their_check(ana, monkeypatch, caplog):
    past = timezone.now() - timedelta(minutes=1)
    broken = make_subscription(ana, next_check_at=past - timedelta(minutes=1))
    well = make_subscription(ana, next_check_at=past)
    asked = listing.request_listing

    def request(*, subscription, **facts):
        if subscription == broken:
            raise RuntimeError("boom")
        return asked(subscription=subscription, **facts)

    monkeypatch.setattr(listing, "request_listing", request)
    watching.make_due()

    broken.refresh_from_db()
    assert (broken.error_code, broken.failures) == ("internal", 1)
    assert len(active_looks(well)) == 1
    assert "Could not check" in caplog.text


def test_whoever_watches_is_told_of_every_check(ana):
    channel = make_subscription(ana)

    look(channel, entry("one"))

    told = Event.objects.filter(type="subscription_changed").get()
    assert (told.topic, told.owner_id) == (f"subscription.{channel.pk}", ana.pk)


def test_an_address_that_may_not_be_fetched_stays_on_the_list_alone(ana):
    channel = make_subscription(ana, auto_download=True)

    look(channel, entry("inside", url="http://127.0.0.1/a.mp4", source="direct"), entry("good"))

    assert Download.objects.count() == 1
    assert FoundVideo.objects.get(title="inside").download is None


def test_a_site_that_asks_for_a_pause_is_not_asked_by_the_others_either(ana):
    asked, other = make_subscription(ana), make_subscription(ana)
    course = make_subscription(ana, kind="course", course=make_course(), url="")
    soon = timezone.now() + timedelta(seconds=5)
    Subscription.objects.update(next_check_at=soon)

    with TestCase.captureOnCommitCallbacks(execute=True):
        watching.check_failed(Listing(subscription=asked), Failure("source.rate_limited"))

    times = dict(Subscription.objects.values_list("id", "next_check_at"))
    assert times[asked.pk] > times[other.pk] > timezone.now() + timedelta(minutes=14)
    assert times[course.pk] == soon


def test_while_the_site_has_a_pause_nothing_of_it_is_looked_at(ana):
    due = make_subscription(ana, next_check_at=timezone.now() - timedelta(minutes=1))
    pause = HostPause.objects.create(
        host="youtube.com", reason="source.bot_check", until=timezone.now() + timedelta(hours=1)
    )

    watching.make_due()
    assert not active_looks(due)

    pause.delete()
    watching.make_due()
    assert len(active_looks(due)) == 1


def test_a_day_at_the_edge_of_time_is_not_believed(ana):
    channel = make_subscription(ana)

    look(channel, entry("one", published_at="0001-01-01T00:00:00+00:00"))

    assert FoundVideo.objects.get().published_at is None
