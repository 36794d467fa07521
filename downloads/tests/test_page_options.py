"""The pages of lists to pick from, of presets in the form, and of cookies; without scripts."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from downloads.models import CookieJar, Download, Listing, Preset, Subscription
from downloads.services.presets import choose_at_first
from downloads.tests.build import make_jar, make_listing
from downloads.tests.looking import CHANNEL, PLAYLIST

pytestmark = pytest.mark.django_db(transaction=True)

COOKIES = "/downloads/cookies"
ROW = ".youtube.com\tTRUE\t/\tTRUE\t4102444800\tSID\tcanary-1234\n"


def page_of(listing: Listing) -> str:
    return f"/downloads/lists/{listing.pk}"


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("url", [PLAYLIST, CHANNEL, "youtube.com/@professora-ana"])
def test_the_link_of_a_list_leads_to_a_page_to_pick_from(ana_client: Client, url: str):
    answer = ana_client.post("/downloads/new", {"url": url})

    made = Listing.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, page_of(made))
    assert not Download.objects.exists()
    waiting = shown(ana_client, page_of(made))
    assert "The list is being read" in waiting
    assert 'hx-trigger="live:changed from:body' in waiting


def test_with_scripts_the_form_leads_there_too(ana_client: Client):
    answer = ana_client.post("/downloads/new", {"url": PLAYLIST}, headers={"HX-Request": "true"})

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (
        204,
        page_of(Listing.objects.get()),
    )


def test_a_page_that_waited_is_loaded_anew_when_the_list_is_read(ana_client, ana):
    answer = ana_client.get(f"{page_of(make_listing(ana))}/fragment")

    assert (answer.status_code, answer.headers["HX-Refresh"]) == (204, "true")


def test_what_is_ticked_is_queued_as_wished(ana_client: Client, ana: User):
    made = make_listing(ana, "One", "Two", "Three")
    assert all(title in shown(ana_client, page_of(made)) for title in ("One", "Two", "Three"))

    wishes = {"quality": "480p", "subtitles": "on", "keep": "86400"}
    answer = ana_client.post(f"{page_of(made)}/download", {"place": [0, 2], **wishes}, follow=True)

    assert "2 are in the queue." in answer.content.decode()
    rows = Download.objects.order_by("id")
    assert [(one.title, one.quality, one.expires_in_seconds) for one in rows] == [
        ("One", "480p", 86400),
        ("Three", "480p", 86400),
    ]


def test_all_of_it_is_one_button(ana_client: Client, ana: User):
    made = make_listing(ana, "One", "Two")

    ana_client.post(f"{page_of(made)}/download", {"all": "1", "place": [1]})

    assert Download.objects.count() == 2


@pytest.mark.parametrize("sent", [{}, {"place": ["x"]}, {"place": [99]}, {"quality": "preset:9"}])
def test_nothing_sensible_ticked_queues_nothing(ana_client: Client, ana: User, sent):
    made = make_listing(ana, "One")

    answer = ana_client.post(f"{page_of(made)}/download", sent)

    assert answer.status_code == 302
    assert not Download.objects.exists()


def test_a_list_is_searched_by_its_address(ana_client: Client, ana: User):
    made = make_listing(ana, "Frações", "Geometria")

    found = shown(ana_client, f"{page_of(made)}?search=fracoes")
    assert ("Frações" in found, "Geometria" in found) == (True, False)
    assert "No title has these words." in shown(ana_client, f"{page_of(made)}?search=nada")


def test_titles_of_strangers_are_text(ana_client: Client, ana: User):
    made = make_listing(ana, "<script>alert(1)</script>")

    assert "<script>alert" not in shown(ana_client, page_of(made))


def test_why_a_list_was_not_read_is_said_and_it_can_be_tried_again(ana_client, ana):
    made = make_listing(
        ana, status="failed", error_code="source.private", entries=[], url=PLAYLIST
    )

    assert "source.private" in shown(ana_client, page_of(made))
    answer = ana_client.post(f"{page_of(made)}/again")

    fresh = Listing.objects.exclude(pk=made.pk).get()
    assert (fresh.status, answer.headers["Location"]) == ("queued", page_of(fresh))


def test_lists_of_others_are_not_there(bruno_client: Client, ana: User):
    made = make_listing(ana, "One")

    assert bruno_client.get(page_of(made)).status_code == 404
    assert bruno_client.post(f"{page_of(made)}/download", {"all": "1"}).status_code == 404
    assert bruno_client.post(f"{page_of(made)}/again").status_code == 404
    assert (Download.objects.count(), Listing.objects.count()) == (0, 1)


def test_the_form_shows_the_preset_of_staff_at_first(ana_client: Client, clara: User):
    assert "Presets" not in shown(ana_client, "/")
    Preset.objects.create(name="Audio", audio_only=True, format="mp3", position=1)
    first = Preset.objects.create(name="Projector", quality="720p", position=2)
    choose_at_first(by=clara, preset=first)

    page = shown(ana_client, "/")

    assert re.search(rf'<option value="preset:{first.pk}" selected>\s*Projector', page)


def test_a_preset_of_the_form_decides_by_itself(ana_client: Client):
    audio = Preset.objects.create(name="Audio", audio_only=True, format="mp3", subtitles=False)

    ana_client.post(
        "/downloads/new",
        {
            "url": "https://www.youtube.com/watch?v=okvideo0001",
            "quality": f"preset:{audio.pk}",
            "format": "webm",
            "subtitles": "on",
            "keep": "604800",
        },
    )

    one = Download.objects.get()
    assert (one.audio_only, one.format, one.subtitles) == (True, "mp3", False)
    assert one.expires_in_seconds == 604800


def test_cookies_are_given_as_a_file_and_not_shown(ana_client: Client, ana: User):
    assert "There are none." in shown(ana_client, COOKIES)

    answer = ana_client.post(
        COOKIES, {"file": SimpleUploadedFile("cookies.txt", ROW.encode())}, follow=True
    )

    page = answer.content.decode()
    assert "The cookies of youtube.com are kept." in page
    assert "canary-1234" not in page
    assert CookieJar.objects.get().owner == ana


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Choose a file"),
        ({"content": "no cookies"}, "There is no cookie in it."),
        ({"content": ROW + ROW.replace("youtube", "vimeo")}, "Say which site"),
        ({"content": ROW, "site": "com"}, "This is not the name of a site"),
    ],
)
def test_what_cannot_be_kept_is_said_and_not_shown_again(ana_client: Client, sent, said):
    answer = ana_client.post(COOKIES, sent)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "canary-1234" not in page
    assert not CookieJar.objects.exists()


def test_cookies_are_switched_off_and_deleted(ana_client: Client, bruno_client: Client, ana):
    jar = make_jar(ana)

    assert bruno_client.post(f"{COOKIES}/{jar.pk}/switch").status_code == 404
    assert bruno_client.post(f"{COOKIES}/{jar.pk}/delete").status_code == 404
    jar.refresh_from_db()
    assert jar.enabled
    ana_client.post(f"{COOKIES}/{jar.pk}/switch", {"off": "1"})
    jar.refresh_from_db()
    assert not jar.enabled
    assert "Switched off" in shown(ana_client, COOKIES)
    ana_client.post(f"{COOKIES}/{jar.pk}/delete")
    assert not CookieJar.objects.exists()


def test_a_list_to_pick_from_can_be_subscribed_to(ana_client: Client, ana: User):
    made = make_listing(ana, "One")
    page = shown(ana_client, page_of(made))
    assert 'action="/subscriptions/new"' in page

    ana_client.post("/subscriptions/new", {"url": made.url})

    assert Subscription.objects.get().owner == ana
