"""Watching one download."""

import pytest
from django.utils.translation import override

from accounts.models import User
from core import events
from core.jobs import lifecycle
from core.jobs.kind import Failure, Lease
from core.models import Status
from downloads.services import queueing
from downloads.services.running import DOWNLOADS
from downloads.services.updates import update_of
from downloads.taxonomy import explain
from downloads.tests.build import make_download
from realtime.payloads import DownloadUpdate
from realtime.tests.conftest import in_thread

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("relay")]


def show_progress(download, **facts) -> None:
    data = {**update_of(download), **facts}
    events.publish(
        topic=f"download.{download.pk}",
        type="download_update",
        owner_id=download.owner_id,
        data=data,
    )


async def test_ana_is_told_where_her_download_stands_and_then_what_happens(ana, watch):
    download = await in_thread(make_download)(ana, title="Frações")
    watcher = await watch(f"/ws/downloads/{download.pk}", ana)

    greeting = await watcher.next()
    present = await watcher.next()
    await in_thread(queueing.cancel_download)(by=ana, download=download)
    change = await watcher.next()

    assert greeting["type"] == "connection_established"
    assert greeting["data"] == {
        "message": "Connected to the download.",
        "kind": "download",
        "download_id": download.pk,
    }
    assert present["type"] == "download_update"
    assert present["download_id"] == download.pk
    assert present["data"]["title"] == "Frações"
    assert present["data"]["status"] == "queued"
    assert change["data"]["status"] == "cancelled"
    assert change["event_id"] == await in_thread(events.latest_id)() > present["event_id"]
    assert set(present) == {"type", "download_id", "data", "timestamp", "event_id"}
    assert set(present["data"]) == set(DownloadUpdate.__annotations__)


async def test_events_after_the_snapshot_add_up_to_a_fresh_snapshot(ana, watch):
    download = await in_thread(make_download)(ana)
    first = await watch(f"/ws/downloads/{download.pk}", ana)

    await in_thread(queueing.cancel_download)(by=ana, download=download)
    await in_thread(queueing.retry_download)(by=ana, download=download)
    newest = await in_thread(events.latest_id)()
    told = await first.until(
        lambda message: message["event_id"] == newest and "id" in message["data"]
    )
    second = await watch(f"/ws/downloads/{download.pk}", ana)

    assert told["data"] == (await second.next_of("download_update"))["data"]


async def test_progress_is_shown_and_only_the_newest_of_a_burst(ana, watch):
    download = await in_thread(make_download)(ana, status=Status.RUNNING)
    watcher = await watch(f"/ws/downloads/{download.pk}", ana)
    await watcher.next_of("download_update")

    for percent in range(1, 41):
        await in_thread(show_progress)(download, progress=percent)
    shown = [await watcher.next()]
    while shown[-1]["data"]["progress"] != 40:
        shown.append(await watcher.next())

    assert len(shown) <= 4
    assert [one["data"]["progress"] for one in shown] == sorted(
        one["data"]["progress"] for one in shown
    )


async def test_late_progress_does_not_bring_a_cancelled_download_back(ana, watch):
    download = await in_thread(make_download)(ana, status=Status.RUNNING)
    watcher = await watch(f"/ws/downloads/{download.pk}", ana)
    await watcher.next_of("download_update")
    before = await in_thread(update_of)(download)

    await in_thread(queueing.cancel_download)(by=ana, download=download)
    await in_thread(events.publish)(
        topic=f"download.{download.pk}",
        type="download_update",
        owner_id=ana.pk,
        data=before,
    )

    assert (await watcher.next())["data"]["status"] == "cancelled"
    assert await watcher.nothing()


async def test_an_error_is_said_in_the_language_of_whoever_watches(ana, clara, watch):
    await in_thread(User.objects.filter(pk=ana.pk).update)(language="pt-br")
    download = await in_thread(make_download)(ana, status=Status.RUNNING)
    hers = await watch(f"/ws/downloads/{download.pk}", ana, accept_language="en")
    staffs = await watch(f"/ws/downloads/{download.pk}", clara, accept_language="en")
    for watcher in (hers, staffs):
        await watcher.next_of("download_update")

    lease = Lease(download.pk, download.token)
    await in_thread(lifecycle.fail)(DOWNLOADS, lease, Failure("source.private"))

    for watcher, language in ((hers, "pt-br"), (staffs, "en")):
        told = (await watcher.next())["data"]
        with override(language):
            words = str(explain("source.private").message)
        assert (told["status"], told["error_code"]) == ("failed", "source.private")
        assert told["error_message"] == words
    again = await watch(f"/ws/downloads/{download.pk}", ana)
    with override("pt-br"):
        words = str(explain("source.private").message)
    assert (await again.next_of("download_update"))["data"]["error_message"] == words
