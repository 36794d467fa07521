"""Watching everything of one's own."""

import asyncio
from time import monotonic

import pytest

from core import events
from core.models import Status
from downloads.services import limits, queueing
from downloads.services.updates import update_of
from downloads.tests.build import make_download
from realtime import snapshots
from realtime.tests.conftest import in_thread

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("relay")]

PASSING = {"timestamp", "active_connections", "system_uptime"}


def lasting(dashboard):
    """A dashboard without what changes by itself."""
    system = {k: v for k, v in dashboard["system_stats"].items() if k not in PASSING}
    return {**dashboard, "system_stats": system, "timestamp": ""}


def publish_progress(download, **facts) -> None:
    events.publish(
        topic=f"download.{download.pk}",
        type="download_update",
        owner_id=download.owner_id,
        data={**update_of(download), **facts},
    )


async def test_ana_first_sees_all_there_is(ana, bruno, watch):
    running = await in_thread(make_download)(ana, status=Status.RUNNING, title="Frações")
    for status in (Status.QUEUED, Status.QUEUED, Status.FAILED, Status.CANCELLED):
        await in_thread(make_download)(ana, status=status)
    await in_thread(make_download)(bruno, status=Status.RUNNING)

    watcher = await watch("/ws/dashboard", ana)
    greeting = await watcher.next()
    present = await watcher.next()

    assert greeting["data"] == {"message": "Connected to the dashboard.", "kind": "dashboard"}
    assert present["type"] == "dashboard_update"
    data = present["data"]
    assert set(data) == {"downloads_in_progress", "queue_stats", "system_stats", "timestamp"}
    assert [(card["id"], card["title"]) for card in data["downloads_in_progress"]] == [
        (running.pk, "Frações")
    ]
    assert data["queue_stats"] == {
        "pending": 2,
        "downloading": 1,
        "completed": 0,
        "failed": 1,
        "cancelled": 1,
        "total": 5,
        "queue_position": 1,
    }
    assert data["system_stats"]["total_downloads"] == 5
    assert data["system_stats"]["active_connections"] == 1


async def test_a_change_after_quiet_is_shown_at_once(ana, watch):
    download = await in_thread(make_download)(ana)
    watcher = await watch("/ws/dashboard", ana)
    await watcher.next_of("dashboard_update")
    await asyncio.sleep(0.5)

    began = monotonic()
    await in_thread(queueing.cancel_download)(by=ana, download=download)
    change = await watcher.next()

    assert change["data"]["queue_stats"]["cancelled"] == 1
    assert monotonic() - began < 0.5


async def test_what_events_make_of_a_dashboard_is_what_a_fresh_one_shows(ana, clara, watch):
    kept = await in_thread(make_download)(ana, status=Status.RUNNING)
    going = await in_thread(make_download)(ana, status=Status.RUNNING)
    pages = [await watch("/ws/dashboard", ana), await watch("/ws/dashboard", clara)]
    for page in pages:
        await page.next_of("dashboard_update")

    await in_thread(publish_progress)(kept, progress=kept.progress_percent)
    await in_thread(queueing.cancel_download)(by=ana, download=going)
    await in_thread(queueing.retry_download)(by=ana, download=going)
    newest = await in_thread(events.latest_id)()
    shown = [
        await page.until(lambda m: m["data"]["queue_stats"]["pending"] == 1) for page in pages
    ]

    for message, user in zip(shown, (ana, clara), strict=True):
        fresh = await in_thread(snapshots.of_dashboard)(user=user)
        assert message["event_id"] == fresh.event_id == newest
        assert lasting(message["data"]) == lasting(fresh.dashboard)


async def test_progress_is_painted_into_the_cards_without_reading_again(ana, watch, monkeypatch):
    download = await in_thread(make_download)(ana, status=Status.RUNNING)
    watcher = await watch("/ws/dashboard", ana)
    await watcher.next_of("dashboard_update")
    reads: list[int] = []
    monkeypatch.setattr(snapshots, "of_dashboard", lambda **_: reads.append(1))

    for percent in range(1, 31):
        await in_thread(publish_progress)(download, progress=percent, stage="downloading")
    messages = [await watcher.next()]
    while messages[-1]["data"]["downloads_in_progress"][0]["progress"] != 30:
        messages.append(await watcher.next())

    assert len(messages) <= 4
    assert reads == []


async def test_bruno_hears_nothing_of_what_happens_to_anas(ana, bruno, clara, watch):
    download = await in_thread(make_download)(ana, status=Status.RUNNING)
    his, hers = await watch("/ws/dashboard", bruno), await watch("/ws/dashboard", clara)
    empty = (await his.next_of("dashboard_update"))["data"]
    await hers.next_of("dashboard_update")

    await in_thread(publish_progress)(download, progress=50)
    await in_thread(queueing.cancel_download)(by=ana, download=download)
    seen = await hers.until(lambda m: m["data"]["queue_stats"]["cancelled"] == 1)

    assert empty["downloads_in_progress"] == []
    assert empty["queue_stats"]["total"] == 0
    assert seen["data"]["queue_stats"]["total"] == 1
    assert await his.nothing(0.5)


async def test_two_pages_of_one_person_share_the_reading(ana, watch, monkeypatch):
    reads: list[int] = []
    real = snapshots.of_dashboard

    def counted(**given):
        reads.append(1)
        return real(**given)

    monkeypatch.setattr(snapshots, "of_dashboard", counted)
    download = await in_thread(make_download)(ana)
    pages = [await watch("/ws/dashboard", ana) for _ in range(3)]
    for page in pages:
        await page.next_of("dashboard_update")
    reads.clear()

    await in_thread(queueing.cancel_download)(by=ana, download=download)
    for page in pages:
        await page.until(lambda m: m["data"]["queue_stats"]["cancelled"] == 1)

    assert len(reads) == 1


def tell(owner, type: str, **data) -> None:
    events.publish(topic=f"{type}.7", type=type, owner_id=owner.pk, data={"id": 7, **data})


async def test_a_page_hears_of_synchronisations_of_its_own_viewer_alone(ana, bruno, watch):
    watcher = await watch("/ws/dashboard", ana)
    await watcher.next_of("dashboard_update")

    await in_thread(tell)(bruno, "sync_update", courses_done=1)
    await in_thread(tell)(ana, "sync_update", courses_done=2)

    told = await watcher.next()
    assert (told["type"], told["data"]) == ("sync_update", {"id": 7, "courses_done": 2})


async def test_a_key_for_downloads_hears_of_nothing_else(ana, integrator_key, watch):
    watcher = await watch("/ws/dashboard", authorization=f"Bearer {integrator_key}")
    await watcher.next_of("dashboard_update")

    await in_thread(tell)(ana, "sync_update", courses_done=2)

    assert await watcher.nothing(0.5)


async def test_open_pages_hear_that_the_queue_was_paused_though_no_number_changed(ana, watch):
    watcher = await watch("/ws/dashboard", ana)
    await watcher.next()
    await watcher.next()

    await in_thread(limits.pause)(by=ana)

    told = [await watcher.next(), await watcher.next()]
    assert {"downloads_update", "dashboard_update"} == {news["type"] for news in told}
