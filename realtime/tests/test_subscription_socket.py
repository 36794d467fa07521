"""Watching one subscription."""

import pytest

from core import events
from core.models import Status
from downloads.services import queueing, subscriptions
from downloads.services.requests import QueueRequest
from downloads.services.updates import update_of
from downloads.tests.build import make_download
from downloads.tests.watch import entry, look, make_found, make_subscription
from realtime.tests.conftest import in_thread

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("relay")]


@pytest.fixture
async def one(ana):
    return await in_thread(make_subscription)(ana)


def told(message):
    data = message["data"]
    return data["video_id"], data["status"], data["download_progress"]


@pytest.mark.parametrize("path", ["subscriptions", "monitorings"])
async def test_ana_is_told_of_each_video_and_then_what_becomes_of_it(ana, one, watch, path):
    first, second = [await in_thread(make_found)(one) for _ in range(2)]
    watcher = await watch(f"/ws/{path}/{one.pk}", ana)

    greeting = await watcher.next()
    present = [await watcher.next(), await watcher.next()]
    queued = await in_thread(subscriptions.download_found)(
        by=ana, subscription=one, found_ids=[second.pk]
    )
    change = await watcher.next()
    await in_thread(queueing.cancel_download)(by=ana, download=queued[0].download)
    end = await watcher.next()

    assert greeting["type"] == "connection_established"
    assert greeting["data"] == {
        "message": "Connected to the subscription.",
        "kind": "subscription",
        "subscription_id": one.pk,
    }
    assert {message["type"] for message in present} == {"subscription_update"}
    assert [told(message) for message in present] == [
        (first.pk, "found", 0.0),
        (second.pk, "found", 0.0),
    ]
    assert set(present[0]["data"]) == {
        "subscription_id",
        "video_id",
        "status",
        "download_progress",
    }
    assert told(change) == (second.pk, "queued", 0.0)
    assert told(end) == (second.pk, "cancelled", 0.0)


async def test_what_a_check_finds_shows_up(ana, one, watch):
    watcher = await watch(f"/ws/subscriptions/{one.pk}", ana)
    await watcher.next()

    await in_thread(look)(one, entry("new"))

    assert (await watcher.next_of("subscription_update"))["data"]["status"] == "found"


async def test_a_download_asked_for_elsewhere_is_told_of_here(ana, one, watch):
    found = await in_thread(make_found)(one)
    watcher = await watch(f"/ws/subscriptions/{one.pk}", ana)
    await watcher.next_of("subscription_update")

    request = QueueRequest(url=found.url)
    await in_thread(queueing.queue_download)(by=ana, request=request)

    assert told(await watcher.next()) == (found.pk, "queued", 0.0)


async def test_progress_is_passed_on_and_late_progress_is_not(ana, one, watch):
    download = await in_thread(make_download)(ana, status=Status.RUNNING)
    found = await in_thread(make_found)(one, download=download)
    watcher = await watch(f"/ws/subscriptions/{one.pk}", ana)
    assert told(await watcher.next_of("subscription_update")) == (found.pk, "running", 0.0)

    def show(**facts):
        events.publish(
            topic=f"download.{download.pk}",
            type="download_update",
            owner_id=ana.pk,
            data={**update_of(download), **facts},
        )

    await in_thread(show)(progress=40.0)
    assert told(await watcher.next()) == (found.pk, "running", 40.0)
    await in_thread(queueing.cancel_download)(by=ana, download=download)
    assert told(await watcher.next())[1] == "cancelled"
    await in_thread(show)(status="running", progress=90.0)
    assert await watcher.nothing()


async def test_it_closes_when_the_subscription_ends(ana, one, watch):
    watcher = await watch(f"/ws/subscriptions/{one.pk}", ana)
    await watcher.next()

    await in_thread(subscriptions.delete_subscription)(by=ana, subscription=one)

    assert await watcher.closed_with() == 4404


async def test_bruno_may_not_watch_it_and_staff_may(bruno, clara, one, watch):
    his = await watch(f"/ws/subscriptions/{one.pk}", bruno)
    hers = await watch(f"/ws/subscriptions/{one.pk}", clara)

    assert await his.closed_with() == 4404
    assert (await hers.next())["type"] == "connection_established"
