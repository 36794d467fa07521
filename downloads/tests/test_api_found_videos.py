"""The videos a subscription has found, and those noted by hand, through the API."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.models import Status
from downloads.models import Download, FoundVideo
from downloads.services import folders, subscriptions
from downloads.tests.build import make_download
from downloads.tests.watch import make_found, make_subscription
from library.tests.build import make_video

pytestmark = pytest.mark.django_db

PATH = "/api/v1/subscriptions"
FOUND = "/api/v1/found-videos"
VIDEOS = "/api/v1/videos"
URL = "https://www.youtube.com/watch?v=jNQXAC9IVRw"


def post(client, path, **body):
    return client.post(path, body, "application/json")


def videos_of(client, one, **query):
    return client.get(f"{PATH}/{one.pk}/videos", query).json()


def test_a_found_video_tells_the_facts_older_clients_know(ana_client, ana):
    one = make_subscription(ana, folder="fisica")
    published = timezone.now() - timedelta(days=3)
    video = make_video(ana, title="Atrito", source="youtube", source_key="k", duration_seconds=60)
    download = make_download(
        ana, status=Status.COMPLETED, video=video, source="youtube", source_key="k"
    )
    row = make_found(
        one, source_key="k", download=download, published_at=published, channel_id="UC1"
    )

    (told,) = videos_of(ana_client, one)["results"]

    wanted = {
        "id": row.pk,
        "subscription_id": one.pk,
        "monitoring_id": one.pk,
        "status": "completed",
        "download_status": "completed",
        "found_by": "check",
        "created_by": ana.pk,
        "channel_id": "UC1",
        "published_at": published.isoformat().replace("+00:00", "Z"),
        "download_id": download.pk,
        "video_id": video.pk,
        "download_progress": 100.0,
        "download_started_at": download.started_at.isoformat().replace("+00:00", "Z"),
        "download_completed_at": download.finished_at.isoformat().replace("+00:00", "Z"),
        "project_path": f"subscriptions/{ana.pk}/fisica",
        "video_path": f"subscriptions/{ana.pk}/fisica/{folders.name_of(row, video)}",
        "source_path": f"library/{video.file.key}",
    }
    assert {name: told[name] for name in wanted} == wanted
    assert told["metadata"] == {
        "title": row.title,
        "duration_seconds": 60.0,
        "format": "mp4",
        "source": "youtube",
    }


def test_each_is_what_its_newest_download_is_by_whatever_way_it_came(ana_client, ana, bruno):
    one = make_subscription(ana)
    rows = {name: make_found(one, title=name) for name in ("new", "held", "waits", "deleted")}
    same: dict[str, Any] = {"source": "youtube"}
    make_video(ana, source_key=rows["held"].source_key, **same)
    make_download(ana, source_key=rows["waits"].source_key, **same)
    make_video(bruno, source_key=rows["new"].source_key, **same)
    gone = make_download(
        ana, status="completed", video=None, source_key=rows["deleted"].source_key, **same
    )
    failed = make_download(ana, status="failed", subscription=one)
    make_found(one, title="failed", download=failed)
    make_found(one, title="ignored", removed_at=timezone.now())

    told = videos_of(ana_client, one)

    assert {video["title"]: video["status"] for video in told["results"]} == {
        "new": "found",
        "held": "completed",
        "waits": "queued",
        "deleted": "removed",
        "failed": "failed",
        "ignored": "ignored",
    }
    errors = [video["error"] for video in told["results"] if video["status"] == "failed"]
    assert [error["code"] for error in errors] == ["source.private"]
    assert gone.video is None


def test_picked_ones_are_queued_as_the_subscription_wants_them(ana_client, ana):
    one = make_subscription(ana, quality="480p")
    picked, other = make_found(one, wanted=True), make_found(one)

    answer = post(ana_client, f"{PATH}/{one.pk}/videos/download", ids=[picked.pk])

    assert answer.status_code == 201
    assert answer.json()["total"] == 1
    made = Download.objects.get()
    assert (made.source_key, made.quality, made.subscription) == (picked.source_key, "480p", one)
    picked.refresh_from_db()
    other.refresh_from_db()
    assert (picked.download, picked.wanted, other.download) == (made, False, None)


def test_without_a_pick_all_that_is_new_is_queued(ana_client, ana):
    one = make_subscription(ana)
    new = [make_found(one) for _ in range(3)]
    make_found(one, removed_at=timezone.now())
    make_found(one, gone_at=timezone.now())

    answer = post(ana_client, f"{PATH}/{one.pk}/videos/download")
    again = post(ana_client, f"{PATH}/{one.pk}/videos/download")

    assert answer.json()["total"] == 3
    assert {one.source_key for one in Download.objects.all()} == {one.source_key for one in new}
    assert (again.status_code, again.json()["code"]) == (400, "nothing_new")
    assert Download.objects.count() == 3


def test_a_video_of_another_subscription_is_none_of_this_one(ana_client, ana):
    one, other = make_subscription(ana), make_found(make_subscription(ana))

    answer = post(ana_client, f"{PATH}/{one.pk}/videos/download", ids=[other.pk])

    assert answer.status_code == 404
    assert not Download.objects.exists()


def test_new_ones_can_be_listed_alone_and_searched_for(ana_client, ana):
    one = make_subscription(ana)
    new = make_found(one, title="Friction 2")
    held = make_found(one, title="Held")
    make_video(ana, source="youtube", source_key=held.source_key)
    make_found(one, title="Friction 1", removed_at=timezone.now())

    assert [row["id"] for row in videos_of(ana_client, one, new="true")["results"]] == [new.pk]
    assert ana_client.get(f"{PATH}/{one.pk}").json()["new_videos"] == 1
    assert videos_of(ana_client, one, search="friction 2")["total"] == 1
    assert videos_of(ana_client, one, search="friction")["total"] == 2


def test_a_video_is_noted_without_being_fetched(ana_client, ana):
    answer = post(ana_client, VIDEOS, url=f"{URL}&t=3", title="Zoo")

    assert answer.status_code == 201
    told = answer.json()
    assert (told["url"], told["title"], told["status"]) == (URL, "Zoo", "found")
    assert (told["found_by"], told["subscription_id"], told["project_path"]) == (
        "user",
        None,
        None,
    )
    assert not Download.objects.exists()
    again = post(ana_client, VIDEOS, url=URL)
    assert (again.status_code, again.json()["id"]) == (200, told["id"])

    queued = post(ana_client, f"{FOUND}/{told['id']}/download")

    assert queued.status_code == 201
    made = Download.objects.get()
    assert (made.title, made.owner, made.subscription) == ("Zoo", ana, None)
    assert ana_client.get(f"{FOUND}/{told['id']}").json()["status"] == "queued"


@pytest.mark.parametrize("name", ["subscription_id", "monitoring_id"])
def test_it_is_noted_in_a_list_of_ones_own_alone(ana_client, bruno_client, ana, name):
    one = make_subscription(ana)

    refused = post(bruno_client, VIDEOS, url=URL, **{name: one.pk})
    noted = post(ana_client, VIDEOS, url=URL, title="Zoo", **{name: one.pk})

    assert refused.status_code == 404
    assert noted.json()["subscription_id"] == one.pk
    assert videos_of(ana_client, one)["total"] == 1
    assert FoundVideo.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"url": "http://10.0.0.1/a.mp4"}, "network.blocked_address"),
        ({"url": "nonsense"}, "invalid_url"),
        ({"title": "x"}, "invalid"),
        ({"url": URL, "subscription_id": 1, "monitoring_id": 2}, "invalid"),
        ({"url": URL, "quality": "best"}, "invalid"),
    ],
)
def test_what_cannot_be_noted_is_refused(ana_client, body, code):
    answer = post(ana_client, VIDEOS, **body)

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not FoundVideo.objects.exists()


def test_the_librarys_own_list_is_still_there(ana_client, ana):
    video = make_video(ana)

    assert [one["id"] for one in ana_client.get(VIDEOS).json()["results"]] == [video.pk]


def test_one_can_be_set_aside_and_taken_back(ana_client, ana):
    row = make_found(make_subscription(ana), wanted=True)

    aside = ana_client.patch(f"{FOUND}/{row.pk}", {"ignored": True}, "application/json")
    assert aside.json()["status"] == "ignored"
    back = ana_client.patch(f"{FOUND}/{row.pk}", {"ignored": False}, "application/json")
    assert back.json()["status"] == "found"
    row.refresh_from_db()
    assert not row.wanted


def test_only_what_was_noted_by_hand_can_be_forgotten(ana_client, ana):
    one = make_subscription(ana)
    by_check, by_hand = make_found(one), make_found(one, found_by="user")

    refused = ana_client.delete(f"{FOUND}/{by_check.pk}")

    assert (refused.status_code, refused.json()["code"]) == (409, "found_by_check")
    assert ana_client.delete(f"{FOUND}/{by_hand.pk}").status_code == 204
    assert list(FoundVideo.objects.all()) == [by_check]


def test_everybody_sees_their_own_and_staff_all(ana_client, bruno_client, clara_client, ana):
    one = make_subscription(ana)
    row, alone = make_found(one), make_found(None, owner=ana)

    def ids(client, **query):
        return [told["id"] for told in client.get(FOUND, query).json()["results"]]

    assert ids(ana_client) == [alone.pk, row.pk]
    assert ids(ana_client, subscription_id=one.pk) == [row.pk]
    assert ids(bruno_client) == []
    assert ids(clara_client) == [alone.pk, row.pk]


def test_a_download_asked_for_in_its_name_stands_on_its_list(ana):
    one = make_subscription(ana)
    known = make_found(one, wanted=True)
    same = make_download(ana, subscription=one, source="youtube", source_key=known.source_key)
    other, none = make_download(ana, subscription=one), make_download(ana)

    for _ in range(2):
        subscriptions.note_downloads(by=ana, downloads=[same, other, none])

    rows = FoundVideo.objects.order_by("id").values_list("download_id", "found_by", "wanted")
    assert list(rows) == [(same.pk, "check", False), (other.pk, "user", False)]
