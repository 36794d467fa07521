"""Redis is gone for five seconds under twenty open pages and five downloads."""

import json
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from classroom_site.tests.product import Product, SandboxProcess, eventually, free_port

REDIS = shutil.which("redis-server")
pytestmark = [
    pytest.mark.nightly,
    pytest.mark.kill,
    pytest.mark.timeout(180),
    pytest.mark.skipif(not REDIS, reason="SKIPPED: no redis-server on this machine"),
]

PAGES = 10  # of one person at most
DOWNLOADS = 5
SIZE = 2_000_000
RATE = 150_000
AWAY_SECONDS = 5


class Redis:
    """One that keeps nothing."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        words = ["--port", str(self.port), "--save", "", "--bind", "127.0.0.1"]
        self._process = subprocess.Popen([str(REDIS), *words], stdout=subprocess.DEVNULL)

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


@pytest.fixture
def redis() -> Iterator[Redis]:
    server = Redis()
    yield server
    server.kill()


class Page(threading.Thread):
    """An open dashboard that connects again when it is closed; keeps when it heard what."""

    def __init__(self, product: Product, key: str) -> None:
        super().__init__(daemon=True)
        self._url = product.url.replace("http", "ws") + "/ws/dashboard"
        self._headers = {"Authorization": f"Bearer {key}"}
        self.left = False
        self.heard: list[tuple[float, str]] = []

    def run(self) -> None:
        while not self.left:
            try:
                with connect(self._url, additional_headers=self._headers) as live:
                    self._listen(live)
            except (WebSocketException, OSError):
                time.sleep(0.5)

    def _listen(self, live: Any) -> None:
        while not self.left:
            try:
                told = json.loads(live.recv(timeout=0.5))
            except TimeoutError:
                continue
            self.heard.append((time.monotonic(), told["type"]))

    def heard_since(self, moment: float) -> bool:
        return any(at > moment and kind == "dashboard_update" for at, kind in self.heard[:])


def test_pages_and_downloads_go_on_without_redis_and_are_fresh_soon_after(
    install, origin: SandboxProcess, redis: Redis
):
    product = install(REDIS_URL=redis.url, MAX_CONCURRENT_DOWNLOADS="6")
    keys = [product.make_teacher("bruno"), product.make_teacher("carla")]
    pages = [Page(product, key) for key in keys for _ in range(PAGES)]
    for page in pages:
        page.start()
    eventually(lambda: all(page.heard for page in pages), within=30, message="pages are open")
    made = [
        product.queue(origin.unique_url(f"redis{number}", SIZE, RATE))["id"]
        for number in range(DOWNLOADS)
    ]
    eventually(lambda: all(product.download(each)["downloaded_bytes"] for each in made), within=30)

    redis.kill()
    time.sleep(AWAY_SECONDS)
    redis.start()
    back = time.monotonic()
    for key in keys:
        url = origin.unique_url(f"after{keys.index(key)}", 100_000)
        asked = {"headers": {"Authorization": f"Bearer {key}"}, "json": {"url": url}}
        assert product.call("POST", "/downloads", **asked).status_code == 201
    eventually(
        lambda: all(page.heard_since(back) for page in pages),
        within=10,
        message="every page has heard the news",
    )
    print(f"\nall pages were fresh {time.monotonic() - back:.1f} s after Redis was back")

    ended = [product.ended(each, within=60) for each in made]
    assert [(row["status"], row["attempt"]) for row in ended] == [("completed", 0)] * DOWNLOADS
    for page in pages:
        page.left = True
    for page in pages:
        page.join(10)
