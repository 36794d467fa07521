"""What can be said about one download: a preset, a time to keep it, a look at it before."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.models import User
from core.jobs.lane import Lane
from core.jobs.runner import Runner
from downloads.models import Download, Listing, Preset
from downloads.services import probing
from downloads.services.listing import LISTINGS
from downloads.services.running import DOWNLOADS
from downloads.tests.looking import PLAYLIST, outside
from downloads.tests.watch import make_subscription
from library.models import Video
from library.tests.build import make_video
from sandbox.playground import Sandbox

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["outside"]

WATCH = "https://www.youtube.com/watch?v="
PAGE = "http://videos.example/page.html"


def queue(client: Client, *, probe: bool = False, headers: Any = None, **body: Any):
    path = "/api/v1/downloads" + ("?probe=true" if probe else "")
    return client.post(path, json.dumps(body), content_type="application/json", headers=headers)


@contextmanager
def working() -> Iterator[None]:
    """Meanwhile somebody does what is asked for, as a worker would."""
    over = threading.Event()

    def work() -> None:
        lane = Lane(LISTINGS, holder="worker-1")
        while not over.wait(0.05):
            lane.run_next()
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.fixture
def projector() -> Preset:
    return Preset.objects.create(name="Projector", quality="720p", format="mp4", subtitles=False)


def test_a_preset_says_how_and_what_is_said_beside_it_goes_first(ana_client: Client, projector):
    by_id = queue(ana_client, url=f"{WATCH}okvideo0001", preset_id=projector.pk).json()
    by_name = queue(
        ana_client, url=f"{WATCH}okvideo0002", preset="projector", quality="360p"
    ).json()

    wishes = ("quality", "format", "subtitles")
    assert [by_id[name] for name in wishes] == ["720p", "mp4", False]
    assert [by_name[name] for name in wishes] == ["360p", "mp4", False]


def test_a_preset_that_is_not_offered_is_none(ana_client: Client, projector: Preset):
    Preset.objects.update(enabled=False)

    refused = queue(ana_client, url=f"{WATCH}okvideo0001", preset_id=projector.pk)

    assert (refused.status_code, refused.json()["code"]) == (400, "unknown_preset")
    assert ana_client.get("/api/v1/presets").json() == {"results": [], "total": 0}
    assert not Download.objects.exists()


def test_presets_are_told_in_the_order_of_staff(ana_client: Client, projector: Preset):
    Preset.objects.create(name="Archive", position=0, is_default=True)
    Preset.objects.filter(pk=projector.pk).update(position=1)

    told = ana_client.get("/api/v1/presets").json()["results"]

    assert [(one["name"], one["is_default"]) for one in told] == [
        ("Archive", True),
        ("Projector", False),
    ]


@pytest.mark.parametrize("seconds", [59, 365 * 24 * 3600 + 1, -1])
def test_a_file_is_kept_for_a_minute_to_a_year(ana_client: Client, seconds: int):
    refused = queue(ana_client, url=f"{WATCH}okvideo0001", expires_in=seconds)

    assert refused.status_code == 400
    assert not Download.objects.exists()


def test_a_temporary_file_is_removed_when_its_time_is_over(ana_client: Client, outside: Sandbox):
    before = timezone.now()
    told = queue(ana_client, url=PAGE, expires_in=3600).json()

    Runner(DOWNLOADS, slots=1).drain()

    done = Download.objects.get(pk=told["id"])
    assert (told["expires_in"], done.status, done.error_detail) == (3600, "completed", "")
    assert done.video
    assert done.video.expires_at
    hour = timedelta(seconds=3600)
    assert before + hour <= done.video.expires_at <= timezone.now() + hour


def test_what_is_held_for_good_does_not_become_temporary(ana_client: Client, ana: User):
    make_video(ana, source="youtube", source_key="okvideo0001")

    told = queue(ana_client, url=f"{WATCH}okvideo0001", expires_in=3600).json()

    assert told["linked"] is True
    assert Video.objects.get().expires_at is None


def test_nobody_puts_a_download_into_another_ones_subscription(ana_client: Client, bruno: User):
    his = make_subscription(bruno)

    for body in ({"subscription_id": his.pk}, {"monitoring_id": his.pk}):
        wanted: dict[str, Any] = {"url": f"{WATCH}okvideo0001", **body}
        assert queue(ana_client, **wanted).status_code == 404
    assert not Download.objects.exists()


def test_both_names_of_a_subscription_are_understood(ana_client: Client, ana: User):
    hers = make_subscription(ana)

    told = queue(ana_client, url=f"{WATCH}okvideo0001", monitoring_id=hers.pk).json()

    assert told["subscription_id"] == hers.pk


def test_a_look_before_brings_title_and_size(ana_client: Client, outside: Sandbox):
    with working():
        answer = queue(ana_client, probe=True, url=f"{WATCH}okvideo0001")

    told = answer.json()
    assert (answer.status_code, told["probed"], told["status"]) == (201, True, "queued")
    assert told["title"]
    assert told["estimated_size"] > 0


@pytest.mark.parametrize(
    ("video", "code"), [("private0000", "source.private"), ("removed0000", "source.removed")]
)
def test_what_a_look_shows_to_be_away_is_not_queued(
    ana_client: Client, outside: Sandbox, video: str, code: str
):
    with working():
        refused = queue(ana_client, probe=True, url=f"{WATCH}{video}")

    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert not Download.objects.exists()


def test_a_look_at_a_playlist_does_not_queue_it(ana_client: Client, outside: Sandbox):
    with working():
        refused = queue(ana_client, probe=True, url=PLAYLIST)

    assert (refused.status_code, refused.json()["code"]) == (422, "source.unsupported")
    assert not Download.objects.exists()


def test_when_nobody_looks_in_time_it_is_queued_as_usual(ana_client: Client, monkeypatch):
    monkeypatch.setattr(probing, "PATIENCE_SECONDS", 0.2)

    answer = queue(ana_client, probe=True, url=f"{WATCH}private0000")

    assert (answer.status_code, answer.json()["probed"]) == (201, False)
    assert Listing.objects.get().status == "cancelled"


def test_a_look_that_fails_for_now_does_not_refuse(ana_client: Client, outside: Sandbox):
    with working():
        answer = queue(ana_client, probe=True, url="http://bad.example/503/small.mp4")

    assert (answer.status_code, answer.json()["probed"]) == (201, False)


def test_what_is_held_is_not_looked_at(ana_client: Client, ana: User):
    make_video(ana, source="youtube", source_key="okvideo0001")

    answer = queue(ana_client, probe=True, url=f"{WATCH}okvideo0001")

    assert (answer.status_code, answer.json()["linked"]) == (201, True)
    assert not Listing.objects.exists()


def test_a_repeated_request_is_not_looked_at_again(ana_client: Client, outside: Sandbox):
    key = {"Idempotency-Key": "once"}
    with working():
        first = queue(ana_client, probe=True, headers=key, url=f"{WATCH}okvideo0001")
    Listing.objects.all().delete()

    second = queue(ana_client, probe=True, headers=key, url=f"{WATCH}okvideo0001")

    assert first.json() == second.json()
    assert not Listing.objects.exists()
