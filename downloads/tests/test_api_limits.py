"""The limits and the queue as a whole, through the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.jobs import lifecycle
from downloads.models import Download, DownloadPolicy, HostPause, UserLimits
from downloads.services.running import DOWNLOADS
from downloads.tests.build import make_download
from library.tests.build import make_video

pytestmark = pytest.mark.django_db

LIMITS, QUEUE = "/api/v1/downloads/limits", "/api/v1/downloads/queue"
JSON = "application/json"


def test_everybody_sees_the_limits_and_the_own_space(ana_client, ana, bruno, settings):
    settings.USER_QUOTA_BYTES, settings.MAX_DOWNLOADS_PER_USER = 10_000, 4
    settings.ALLOWED_EXTENSIONS = ["mp4"]
    make_video(ana, content=b"x" * 3000)
    make_video(bruno, content=b"y" * 500)

    told = ana_client.get(LIMITS).json()

    assert {name: told[name] for name in ("quota_bytes", "used_bytes", "left_bytes")} == {
        "quota_bytes": 10_000,
        "used_bytes": 3000,
        "left_bytes": 7000,
    }
    assert (told["max_running_per_user"], told["max_running_per_host"]) == (4, None)
    assert (told["allowed_extensions"], told["hours_from"]) == (["mp4"], None)
    assert told["time_zone"] == "America/Sao_Paulo"


def test_what_staff_set_for_one_person_is_what_she_sees(ana_client, ana, bruno_client):
    UserLimits.objects.create(owner=ana, max_running=2, quota_bytes=500)

    hers, his = ana_client.get(LIMITS).json(), bruno_client.get(LIMITS).json()
    assert (hers["max_running_per_user"], hers["quota_bytes"]) == (2, 500)
    assert (his["max_running_per_user"], his["quota_bytes"]) == (None, None)


def test_only_sites_one_waits_for_are_named(ana_client, ana, bruno, clara_client):
    until = timezone.now() + timedelta(minutes=10)
    for host in ("hers.example", "his.example"):
        HostPause.objects.create(host=host, reason="source.rate_limited", until=until)
    make_download(ana, host="hers.example")
    make_download(bruno, host="his.example")

    hers = ana_client.get(LIMITS).json()["host_pauses"]
    assert [pause["host"] for pause in hers] == ["hers.example"]
    assert hers[0]["reason"] == "source.rate_limited"
    assert len(clara_client.get(LIMITS).json()["host_pauses"]) == 2


def test_staff_change_only_what_they_send(clara_client):
    DownloadPolicy.objects.create(pk=1, max_running=7, max_bytes=1000)

    answer = clara_client.patch(
        LIMITS,
        {"hours_from": "22:00", "hours_until": "06:30", "max_bytes": None, "quota_bytes": 5000},
        content_type=JSON,
    )

    assert answer.status_code == 200
    told = answer.json()
    assert (told["hours_from"], told["hours_until"]) == ("22:00", "06:30")
    assert (told["max_running"], told["quota_bytes"]) == (7, 5000)
    assert told["max_bytes"] == 21474836480


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({"hours_from": "22:00"}, 400),
        ({"hours_from": "25:00"}, 400),
        ({"bandwidth_bytes_per_second": 10}, 400),
        ({"max_running": -1}, 400),
        ({"nothing": 1}, 400),
    ],
)
def test_limits_that_cannot_be_change_nothing(clara_client, wanted, status):
    DownloadPolicy.objects.create(pk=1, max_running=7)
    before = DownloadPolicy.objects.values().get()

    answer = clara_client.patch(LIMITS, wanted, content_type=JSON)

    assert answer.status_code == status
    assert DownloadPolicy.objects.values().get() == before


def test_a_teacher_changes_no_limits(ana_client):
    answer = ana_client.patch(LIMITS, {"max_running": 99}, content_type=JSON)

    assert (answer.status_code, answer.json()["code"]) == (403, "staff_only")
    assert not DownloadPolicy.objects.exists()


def test_a_teacher_pauses_and_resumes_the_own_queue(ana_client, ana, bruno):
    make_download(ana)
    his = make_download(bruno)

    told = ana_client.post(f"{QUEUE}/pause", {}, content_type=JSON).json()
    assert told == {
        "wait_reason": "paused",
        "until": None,
        "paused": True,
        "everybody_paused": False,
        "queued": 1,
        "running": 0,
    }
    assert lifecycle.claim(DOWNLOADS, holder="w").pk == his.pk
    assert lifecycle.claim(DOWNLOADS, holder="w") is None

    told = ana_client.post(f"{QUEUE}/resume", {}, content_type=JSON).json()
    assert (told["wait_reason"], told["paused"]) == (None, False)
    assert ana_client.get(QUEUE).json() == told
    assert lifecycle.claim(DOWNLOADS, holder="w").owner == ana


def test_staff_pause_everybody(clara_client, ana_client, ana):
    make_download(ana)
    answer = clara_client.post(f"{QUEUE}/pause", {"everybody": True}, content_type=JSON)

    assert answer.status_code == 200
    told = ana_client.get(QUEUE).json()
    assert (told["wait_reason"], told["paused"], told["everybody_paused"]) == (
        "paused",
        False,
        True,
    )
    assert lifecycle.claim(DOWNLOADS, holder="w") is None

    refused = ana_client.post(f"{QUEUE}/resume", {"everybody": True}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (403, "staff_only")
    assert DownloadPolicy.objects.get().paused


def test_a_download_says_why_it_waits_and_until_when(ana_client, ana):
    until = timezone.now() + timedelta(minutes=10)
    HostPause.objects.create(host="tired.example", reason="source.bot_check", until=until)
    download = make_download(ana, host="tired.example")

    told = ana_client.get(f"/api/v1/downloads/{download.pk}").json()
    assert (told["wait_reason"], told["queue_position"]) == ("host_pause", None)
    assert told["available_at"] == until.isoformat().replace("+00:00", "Z")


def test_two_hundred_that_wait_cost_as_many_queries_as_two(
    ana_client, ana, django_assert_max_num_queries
):
    DownloadPolicy.objects.create(pk=1, max_running_per_user=1, quota_bytes=10**9)
    for _ in range(60):
        make_download(ana, host="videos.example.org")
    with django_assert_max_num_queries(16):
        told = ana_client.get("/api/v1/downloads?limit=200").json()["results"]
    assert len(told) == 60
    assert Download.objects.count() == 60
