"""Redis goes away and comes back under open sockets."""

import asyncio
import socket
import subprocess
from collections.abc import Iterator
from time import monotonic, sleep

import pytest

from core import events
from core.models import Status
from core.tests.serving import free_port
from downloads.services import queueing
from downloads.services.updates import update_of
from downloads.tests.build import make_download
from realtime.tests.conftest import flush, in_thread, over_redis

pytestmark = [
    pytest.mark.redis,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(60),
]


class Redis:
    """A server of the test's own, without anything kept on disk."""

    def __init__(self, folder) -> None:
        self.port = free_port()
        self._folder = folder
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--save", "", "--bind", "127.0.0.1"],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
        )
        deadline = monotonic() + 10
        while monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            sleep(0.02)
        raise AssertionError("Redis does not listen")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture
def redis(settings, tmp_path) -> Iterator[Redis]:
    server = Redis(tmp_path)
    layer = over_redis(settings, f"redis://127.0.0.1:{server.port}/0")
    yield server
    flush(layer)
    server.kill()


def publish(download) -> None:
    events.publish(
        topic=f"download.{download.pk}",
        type="download_update",
        owner_id=download.owner_id,
        data=update_of(download),
    )


async def test_open_pages_stay_current_without_redis_and_are_quick_again_with_it(
    redis, ana, watch
):
    download = await in_thread(make_download)(ana, status=Status.RUNNING)
    page = await watch(f"/ws/downloads/{download.pk}", ana)
    await page.next_of("download_update")
    await asyncio.sleep(0.2)
    await in_thread(publish)(download)
    assert (await page.next())["data"]["status"] == "running"

    redis.kill()
    began = monotonic()
    await in_thread(queueing.cancel_download)(by=ana, download=download)
    assert monotonic() - began < 1
    assert (await page.next(within=5))["data"]["status"] == "cancelled"

    redis.start()
    began = monotonic()
    while await page.nothing(0.2):
        assert monotonic() - began < 15
        await in_thread(publish)(await in_thread(_fresh)(download))
    assert (await page.next())["data"]["status"] == "cancelled"


async def test_a_page_can_be_opened_while_redis_is_away(redis, ana, watch):
    download = await in_thread(make_download)(ana)
    redis.kill()

    page = await watch(f"/ws/downloads/{download.pk}", ana)
    assert (await page.next_of("download_update"))["data"]["status"] == "queued"
    await in_thread(queueing.cancel_download)(by=ana, download=download)

    assert (await page.next(within=5))["data"]["status"] == "cancelled"


def _fresh(download):
    download.refresh_from_db()
    return download
