"""Limits, with the worker's own loop: what does not fit goes back, and knows its size then."""

from pathlib import Path
from typing import Any

import pytest

from core.jobs import node
from core.jobs.runner import Runner
from core.models import Event
from core.tests.test_runner import Puppet, Puppets, done, failed
from downloads.engines import bandwidth, tools
from downloads.engines.bandwidth import Meter
from downloads.models import Download, DownloadPolicy, HostPause, Transition
from downloads.selectors.downloads import wait_reason
from downloads.services.orders import order_of
from downloads.services.running import DOWNLOADS
from downloads.tests.build import make_download
from downloads.tests.fetching import BAD
from sandbox.playground import Sandbox

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def this_node() -> None:
    node.start()


def drain(**children: Puppet) -> None:
    Runner(Puppets(**children), slots=10).drain()


def resolved(size: int) -> dict[str, Any]:
    return {
        "event": "resolved",
        "title": "Large",
        "duration_seconds": 3.0,
        "estimated_bytes": size,
        "thumbnail": None,
    }


def test_what_turns_out_too_large_for_the_disk_waits_and_is_not_failed(ana, monkeypatch, settings):
    settings.MIN_FREE_BYTES = 0
    monkeypatch.setattr("core.storage.free_bytes", lambda: 10_000)
    download = make_download(ana, title="")
    drain(**{download.folder: Puppet(resolved(10_001), {"event": "alive"})})

    download.refresh_from_db()
    assert (download.status, download.attempt) == ("queued", 0)
    assert (download.title, download.estimated_bytes) == ("Large", 10_001)
    assert wait_reason(download) == "disk_low"
    assert not Download.objects.claimable().exists()
    moves = Transition.objects.filter(download=download).order_by("id")
    assert [move.reason for move in moves] == ["", "disk_low"]

    monkeypatch.setattr("core.storage.free_bytes", lambda: 20_000)
    Download.objects.update(available_at="2026-01-01T00:00:00Z")
    drain(**{download.folder: Puppet(resolved(10_001), done(download))})
    download.refresh_from_db()
    assert download.status == "completed"


def test_of_two_that_fit_one_by_one_the_second_waits(ana, monkeypatch, settings):
    settings.MIN_FREE_BYTES = 0
    monkeypatch.setattr("core.storage.free_bytes", lambda: 10_000)
    first, second = make_download(ana), make_download(ana)
    drain(
        **{
            first.folder: Puppet(resolved(6000), done(first)),
            second.folder: Puppet(resolved(6000), {"event": "alive"}),
        }
    )

    first.refresh_from_db()
    second.refresh_from_db()
    assert {first.status, second.status} == {"completed", "queued"}


def test_what_turns_out_larger_than_the_space_left_waits(ana):
    DownloadPolicy.objects.create(pk=1, quota_bytes=5000)
    download = make_download(ana)
    drain(**{download.folder: Puppet(resolved(5001), {"event": "alive"})})

    download.refresh_from_db()
    assert (download.status, download.attempt) == ("queued", 0)
    assert wait_reason(download) == "quota_full"


def test_one_refusal_stops_the_storm_in_a_worker(ana):
    busy = failed("HTTP Error 429", code="source.rate_limited", retryable=True)
    waiting = [make_download(ana, host="tired.example") for _ in range(30)]
    children = {one.folder: Puppet(busy) for one in waiting}
    Runner(Puppets(**children), slots=1).drain()
    for child in children.values():
        child.kill()

    begun = Download.objects.filter(run__gt=0)
    assert [one.pk for one in begun] == [waiting[0].pk]
    assert begun.get().attempt == 0
    assert HostPause.objects.get().host == "tired.example"


def test_a_success_after_the_pause_ends_it(ana):
    HostPause.objects.create(
        host="tired.example", reason="source.bot_check", until="2026-11-19T00:00:00Z"
    )
    download = make_download(ana, host="tired.example")
    drain(**{download.folder: Puppet(done(download))})

    download.refresh_from_db()
    assert download.status == "completed"
    assert not HostPause.objects.exists()


def test_a_real_site_that_answers_429_is_asked_once(
    ana, sandbox: Sandbox, settings, engine_socket: Path
):
    settings.OUTBOUND_PROXY, settings.OUTBOUND_CA_FILE = sandbox.proxy, sandbox.ca_file
    node.children_socket().symlink_to(engine_socket)
    jobs = [
        make_download(ana, url=f"{BAD}/429/{name}.mp4?after=4000", host="bad.example")
        for name in "abcde"
    ]
    Runner(DOWNLOADS, slots=1).drain()

    pause = HostPause.objects.get()
    assert (pause.host, pause.reason) == ("bad.example", "source.rate_limited")
    assert (pause.until - pause.since).total_seconds() >= 4000
    assert [wait_reason(Download.objects.get(pk=job.pk)) for job in jobs] == ["host_pause"] * 5
    assert Download.objects.filter(run__gt=0).count() == 1
    assert len({entry.url for entry in sandbox.log.requests("/429/")}) == 1


def test_what_staff_turn_stands_in_the_order_of_the_next_child(ana, settings):
    settings.EXTRACTIONS_AT_ONCE = 3
    DownloadPolicy.objects.create(
        pk=1, max_bytes=1000, max_duration_seconds=60, allowed_extensions="MP4, .webm"
    )
    order = order_of(make_download(ana), Path("/nowhere"))

    assert (order["max_bytes"], order["limits"]["file_bytes"]) == (1000, 1000)
    assert (order["max_seconds"], order["extensions"]) == (60, ["mp4", "webm"])
    assert len(tools.turn_files(Path("/nowhere"), order["extractions_at_once"])) == 3


def test_a_new_bandwidth_reaches_what_runs(settings):
    folder = Path(settings.RUN_DIR) / "tools"
    folder.mkdir(parents=True, exist_ok=True)
    shared = Meter(bandwidth.file_in(folder))
    DownloadPolicy.objects.create(pk=1, bandwidth_bytes_per_second=50_000)
    DOWNLOADS.plan()
    assert shared.rate == 50_000

    DownloadPolicy.objects.update(bandwidth_bytes_per_second=None)
    DOWNLOADS.plan()
    assert shared.rate == 0
    shared.close()


def test_open_pages_hear_of_a_pause(ana_client, ana):
    make_download(ana)
    ana_client.post("/api/v1/downloads/queue/pause", {}, content_type="application/json")

    event = Event.objects.latest("id")
    assert (event.type, event.owner_id, event.data) == ("downloads_update", ana.pk, {"number": 1})
