"""Looks at addresses: what is behind a link is told before anything of it is fetched."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Credential, User
from core.errors import Invalid, NotFound
from core.jobs.kind import Failure
from core.models import Event
from downloads.models import Listing, Subscription, SubscriptionKind
from downloads.services import listing as looks
from downloads.services.listing import cancel_listing, request_listing
from downloads.tests.driving import SIZE
from downloads.tests.looking import CHANNEL, PLAYLIST, look, outside
from downloads.tests.test_drive_running import connected, google, put
from sandbox.google import Google
from sandbox.playground import Sandbox

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["connected", "google", "outside"]

WATCH = "https://www.youtube.com/watch?v="


@pytest.fixture
def subscription(ana: User) -> Subscription:
    return Subscription.objects.create(
        owner=ana, name="Aulas", kind=SubscriptionKind.PLAYLIST, url=PLAYLIST, folder="aulas"
    )


@pytest.fixture
def heard(monkeypatch) -> list[tuple[str, ...]]:
    """What a subscription is told of its checks."""
    told: list[tuple[str, ...]] = []
    monkeypatch.setattr(looks, "_checked", [lambda one: told.append(("checked", str(one.pk)))])

    def lament(one: Listing, failure: Failure) -> None:
        told.append(("failed", str(one.pk), failure.code))

    monkeypatch.setattr(looks, "_check_failed", [lament])
    return told


def test_a_playlist_is_told_with_what_cannot_be_fetched_of_it(ana: User, outside: Sandbox):
    found = look(request_listing(by=ana, url=PLAYLIST))

    assert (found.status, found.error_detail) == ("completed", "")
    assert (found.is_playlist, found.title, found.total) == (True, "Curso", 3)
    told = [(one["url"], one["title"], one["available"]) for one in found.entries]
    assert told == [
        (f"{WATCH}okvideo0001", "Aula 1", True),
        (f"{WATCH}private0000", "[Private video]", False),
        (f"{WATCH}okvideo0002", "Aula 2", True),
    ]
    first = found.entries[0]
    assert (first["source"], first["source_key"]) == ("youtube", "okvideo0001")
    assert first["duration_seconds"] == 10


def test_nothing_but_the_list_is_asked_for(ana: User, outside: Sandbox):
    look(request_listing(by=ana, url=PLAYLIST))

    asked = {entry.url.partition("?")[0] for entry in outside.log.requests()}
    browse = "https://www.youtube.com/youtubei/v1/browse"
    assert asked <= {"https://www.youtube.com/playlist", browse}


def test_a_channel_is_told_newest_first_with_days(ana: User, outside: Sandbox):
    found = look(request_listing(by=ana, url=CHANNEL))

    assert (found.status, found.error_detail) == ("completed", "")
    assert (found.url, found.is_playlist) == (f"{CHANNEL}/videos", True)
    assert [one["title"] for one in found.entries] == ["Aula 3", "Aula 2", "Aula 1"]
    days = [one["published_at"] for one in found.entries]
    assert None not in days
    assert days == sorted(days, reverse=True)


def test_only_as_many_are_told_as_were_asked_for(ana: User, outside: Sandbox):
    found = look(request_listing(by=ana, url=PLAYLIST, most=1))

    assert [one["title"] for one in found.entries] == ["Aula 1"]


def test_a_single_video_is_one_entry_with_its_size(ana: User, outside: Sandbox):
    found = look(request_listing(by=ana, url=f"{WATCH}okvideo0001"))

    assert (found.status, found.error_detail) == ("completed", "")
    assert (found.is_playlist, found.total) == (False, 1)
    (only,) = found.entries
    assert only["source_key"] == "okvideo0001"
    assert only["title"] == found.title != ""
    assert only["estimated_bytes"] > 0


def test_a_private_file_of_drive_is_looked_at_with_its_account(
    ana: User, google: Google, connected: Credential
):
    file = put(google, 41)
    url = f"https://drive.google.com/file/d/{file.id}/view"

    found = look(request_listing(by=ana, url=url))

    assert (found.status, found.error_detail, found.title) == ("completed", "", "Aula 1")
    assert found.entries[0]["estimated_bytes"] == SIZE
    assert not any("alt=media" in entry.query for entry in google.log)


def test_what_is_private_fails_with_its_code_at_once(ana: User, outside: Sandbox):
    found = look(request_listing(by=ana, url=f"{WATCH}private0000"))

    assert (found.status, found.error_code) == ("failed", "source.private")
    assert found.entries == []


def test_a_private_address_is_refused_before_anybody_looks(ana: User):
    with pytest.raises(Invalid) as refused:
        request_listing(by=ana, url="http://127.0.0.1:8000/playlist")

    assert refused.value.code == "network.blocked_address"
    assert not Listing.objects.exists()


def test_the_same_look_under_way_is_found_again(ana: User, bruno: User):
    first = request_listing(by=ana, url=PLAYLIST)

    assert request_listing(by=ana, url=f"{PLAYLIST}&index=2") == first
    assert request_listing(by=bruno, url=PLAYLIST) != first


def test_a_check_is_under_way_once(ana: User, subscription: Subscription):
    first = request_listing(by=ana, url=PLAYLIST, subscription=subscription)

    assert request_listing(by=ana, url=PLAYLIST, subscription=subscription) == first
    assert Listing.objects.count() == 1


def test_a_subscription_hears_of_its_check(ana: User, outside, subscription, heard):
    found = look(request_listing(by=ana, url=PLAYLIST, subscription=subscription))

    assert heard == [("checked", str(found.pk))]


def test_a_subscription_hears_why_its_check_failed(ana: User, outside, subscription, heard):
    url = f"{WATCH}private0000"
    found = look(request_listing(by=ana, url=url, subscription=subscription))

    assert heard == [("failed", str(found.pk), "source.private")]


def test_a_check_that_is_not_received_is_not_over(ana: User, outside, subscription, monkeypatch):
    def stumble(one: Listing) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr(looks, "_checked", [stumble])

    found = look(request_listing(by=ana, url=PLAYLIST, subscription=subscription))

    assert (found.status, found.error_code, found.attempt) == ("queued", "internal", 1)
    assert found.entries == []


def test_without_children_it_waits_uncounted(ana: User):
    found = look(request_listing(by=ana, url=PLAYLIST))

    assert (found.status, found.attempt, found.entries) == ("queued", 0, [])


def test_its_owner_can_stop_it_and_nobody_else(ana: User, bruno: User):
    listing = request_listing(by=ana, url=PLAYLIST)

    with pytest.raises(NotFound):
        cancel_listing(by=bruno, listing=listing)
    listing.refresh_from_db()
    assert listing.status == "queued"
    cancel_listing(by=ana, listing=listing)
    assert listing.status == "cancelled"


def test_who_watches_is_told_of_every_move(ana: User, outside: Sandbox):
    look(request_listing(by=ana, url=PLAYLIST))

    events = Event.objects.filter(type="listing_update", owner_id=ana.pk).order_by("id")
    assert [event.data["status"] for event in events] == ["queued", "running", "completed"]
    assert events[2].data["total_videos"] == 3


def test_old_looks_are_forgotten_and_those_of_today_are_not(ana: User):
    old = timezone.now() - timedelta(days=8)
    Listing.objects.create(owner=ana, url=PLAYLIST, status="completed", finished_at=old)
    fresh = Listing.objects.create(
        owner=ana, url=PLAYLIST, status="completed", finished_at=timezone.now()
    )

    looks.LISTINGS.plan()

    assert list(Listing.objects.all()) == [fresh]
