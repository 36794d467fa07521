"""Looks at addresses through the API, and what is picked of them."""

import json

import pytest
from django.test import Client

from accounts.models import User
from downloads.models import Download, Listing
from downloads.tests.build import make_download, make_entry, make_listing
from downloads.tests.looking import CHANNEL, PLAYLIST, look, outside
from library.tests.build import make_video
from sandbox.playground import Sandbox

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["outside"]

LISTINGS = "/api/v1/listings"


def post(client: Client, path: str, **body):
    return client.post(path, json.dumps(body), content_type="application/json")


def pick(client: Client, listing: Listing, **body):
    return post(client, f"{LISTINGS}/{listing.pk}/download", **body)


def test_a_playlist_is_asked_for_read_and_picked_from(ana_client: Client, outside: Sandbox):
    asked = post(ana_client, LISTINGS, url=PLAYLIST)

    assert asked.status_code == 202
    told = asked.json()
    assert (told["status"], told["is_playlist"], told["entries"]) == ("queued", None, [])
    made = look(Listing.objects.get(pk=told["id"]))
    found = ana_client.get(f"{LISTINGS}/{made.pk}").json()
    assert (found["status"], found["title"], found["total_videos"]) == ("completed", "Curso", 3)
    assert [(one["place"], one["title"], one["available"]) for one in found["entries"]] == [
        (0, "Aula 1", True),
        (1, "[Private video]", False),
        (2, "Aula 2", True),
    ]

    queued = pick(ana_client, made, places=[2, 0], quality="720p", expires_in=3600)

    assert (queued.status_code, queued.json()["total"]) == (201, 2)
    rows = Download.objects.order_by("id").values_list("title", "quality", "expires_in_seconds")
    assert list(rows) == [("Aula 1", "720p", 3600), ("Aula 2", "720p", 3600)]


def test_without_places_all_that_can_be_fetched_is_queued(ana_client: Client, ana: User):
    made = make_listing(ana, "One", "Two", "Three")
    made.entries[1]["available"] = False
    private = {"url": "http://10.0.0.1/a.mp4", "source": "direct", "source_key": "private"}
    made.entries.append(make_entry("inward00000", "Inward", **private))
    made.save()

    assert pick(ana_client, made).json()["total"] == 2

    assert list(Download.objects.values_list("title", flat=True)) == ["One", "Three"]


def test_what_is_picked_by_its_place_is_not_left_out_in_silence(ana_client: Client, ana: User):
    private = {"url": "http://10.0.0.1/a.mp4", "source": "direct", "source_key": "private"}
    entries = [make_entry("okvideo0001", "One"), make_entry("x", "Inward", **private)]
    made = make_listing(ana, entries=entries)

    refused = pick(ana_client, made, places=[0, 1])

    assert (refused.status_code, refused.json()["code"]) == (400, "network.blocked_address")
    assert not Download.objects.exists()


def test_a_place_that_is_none_queues_nothing(ana_client: Client, ana: User):
    refused = pick(ana_client, make_listing(ana, "One"), places=[0, 7])

    assert refused.status_code == 400
    assert not Download.objects.exists()


def test_the_same_request_twice_is_done_once(ana_client: Client, ana: User):
    made = make_listing(ana, "One", "Two")
    key = {"Idempotency-Key": "pick-1"}
    path = f"{LISTINGS}/{made.pk}/download"

    first, second = (
        ana_client.post(path, "{}", content_type="application/json", headers=key) for _ in range(2)
    )

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert Download.objects.count() == 2


def test_picking_again_finds_what_is_under_way(ana_client: Client, ana: User):
    made = make_listing(ana, "One")
    pick(ana_client, made)

    assert pick(ana_client, made).status_code == 200
    assert Download.objects.count() == 1


def test_a_list_says_what_is_held_and_what_is_under_way(ana_client: Client, ana: User, bruno):
    made = make_listing(ana, "One", "Two", "Three")
    keys = [entry["source_key"] for entry in made.entries]
    make_video(ana, source="youtube", source_key=keys[0])
    make_download(ana, source="youtube", source_key=keys[1])
    make_video(bruno, source="youtube", source_key=keys[2])

    entries = ana_client.get(f"{LISTINGS}/{made.pk}").json()["entries"]

    assert [(one["held"], one["under_way"]) for one in entries] == [
        (True, False),
        (False, True),
        (False, False),
    ]


def test_a_list_is_searched_without_minding_accents(ana_client: Client, ana: User):
    made = make_listing(ana, "Frações 1", "Geometria", "As frações e os decimais")

    found = ana_client.get(f"{LISTINGS}/{made.pk}", {"search": "FRACOES"}).json()["entries"]

    assert [one["place"] for one in found] == [0, 2]


def test_a_list_of_five_thousand_is_queued_in_few_queries(
    ana_client: Client, ana: User, django_assert_max_num_queries
):
    entries = [make_entry(f"k{place:010}", f"Aula {place}") for place in range(5000)]
    made = make_listing(ana, entries=entries)

    with django_assert_max_num_queries(80):
        answer = pick(ana_client, made)

    assert (answer.status_code, answer.json()["total"]) == (201, 5000)


def test_nothing_is_picked_before_the_list_is_read(ana_client: Client, ana: User):
    made = make_listing(ana, status="queued", finished_at=None, entries=[])

    refused = pick(ana_client, made)

    assert (refused.status_code, refused.json()["code"]) == (409, "not_ready")


def test_why_a_list_cannot_be_read_is_said_with_advice(ana_client: Client, ana: User):
    made = make_listing(ana, status="failed", error_code="source.private", entries=[])

    error = ana_client.get(f"{LISTINGS}/{made.pk}").json()["error"]

    assert (error["code"], error["retryable"]) == ("source.private", False)
    assert error["advice"]


def test_a_list_can_be_stopped_and_forgotten(ana_client: Client, ana: User):
    asked = post(ana_client, LISTINGS, url=CHANNEL).json()

    assert ana_client.delete(f"{LISTINGS}/{asked['id']}").status_code == 204

    assert ana_client.get(f"{LISTINGS}/{asked['id']}").status_code == 404
    assert not Listing.objects.exists()


def test_lists_of_others_are_not_there(bruno_client: Client, ana: User):
    made = make_listing(ana, "One")

    assert bruno_client.get(LISTINGS).json()["total"] == 0
    assert pick(bruno_client, made).status_code == 404
    assert not Download.objects.exists()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("not a link", "invalid_url"),
        ("http://169.254.169.254/latest", "network.blocked_address"),
    ],
)
def test_what_cannot_be_looked_at_is_refused(ana_client: Client, url: str, code: str):
    refused = post(ana_client, LISTINGS, url=url)

    assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert not Listing.objects.exists()


def test_a_list_is_no_download_and_the_refusal_says_where_to_ask(ana_client: Client):
    for url in (PLAYLIST, CHANNEL):
        answer = post(ana_client, "/api/v1/downloads", url=url)

        assert (answer.status_code, answer.json()["code"]) == (400, "is_a_list")
        assert [one["field"] for one in answer.json()["errors"]] == ["url"]
    assert not Download.objects.exists()
