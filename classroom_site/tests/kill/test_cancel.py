"""Cancelling: the bytes stop, the files go, and what is cancelled never completes."""

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from classroom_site.tests.kill.conftest import FULL
from classroom_site.tests.kill.nodes import query
from classroom_site.tests.product import Product, SandboxProcess, eventually

pytestmark = [pytest.mark.kill, pytest.mark.timeout(600)]

RACES = 200 if FULL else 60
SIZE = 200_000
SECONDS = 1.0


def test_cancelling_a_running_download_stops_its_bytes_and_removes_its_files(
    install, origin: SandboxProcess
):
    product = install()
    made = product.queue(origin.unique_url("long", 3_000_000, 100_000))["id"]
    eventually(lambda: product.download(made)["downloaded_bytes"] > 100_000, within=20)
    began = time.monotonic()
    assert product.call("DELETE", f"/downloads/{made}").status_code == 204
    transfer = eventually(lambda: closed_transfer(origin, "long"), within=5, every=0.05)
    stopped = time.monotonic() - began
    eventually(lambda: not product.partials(), within=5, every=0.05)
    gone = time.monotonic() - began
    print(f"\nbytes stopped after {stopped:.2f} s, files gone after {gone:.2f} s")
    assert stopped < 2
    assert transfer["sent"] < 3_000_000
    time.sleep(2)
    assert product.download(made)["status"] == "cancelled"
    assert list(product.published()) == []


def closed_transfer(origin: SandboxProcess, seed: str) -> dict | None:
    mine = [entry for entry in origin.log() if f"/{seed}/" in entry["url"]]
    if any(entry["ended"] is None for entry in mine):
        return None
    return max(mine, key=lambda entry: entry["sent"])


def test_a_cancel_that_races_the_end_leaves_either_nothing_or_the_whole_file(
    install, origin: SandboxProcess
):
    product = install(MAX_CONCURRENT_DOWNLOADS="10")
    rng = random.Random(3)
    expected = origin.sha256("race0", SIZE)  # warms the sandbox
    assert expected

    def race(number: int) -> tuple[str, str]:
        made = product.queue(origin.unique_url(f"race{number}", SIZE, int(SIZE / SECONDS)))["id"]
        eventually(lambda: product.download(made)["status"] != "queued", within=60, every=0.05)
        time.sleep(SECONDS + rng.uniform(-0.3, 0.4))
        answer = product.call("DELETE", f"/downloads/{made}").status_code
        return agree(product, origin, made, number, answer)

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(race, range(RACES)))
    cancelled = [outcome for outcome in outcomes if outcome[0] == "cancelled"]
    completed = [outcome for outcome in outcomes if outcome[0] == "completed"]
    print(f"\n{len(cancelled)} cancelled, {len(completed)} completed")
    assert len(cancelled) + len(completed) == RACES
    assert cancelled
    assert completed
    assert last_told(product) == {row["id"]: row["status"] for row in product.downloads()}
    eventually(lambda: len(list(product.published())) == len(completed), within=15)
    eventually(lambda: not product.partials(), within=30)


def last_told(product: Product) -> dict[int, str]:
    """What whoever watches a download heard of it last."""
    events = query(
        product, "SELECT topic, data FROM core_event WHERE topic LIKE 'download.%' ORDER BY id"
    )
    return {int(topic.partition(".")[2]): json.loads(data)["status"] for topic, data in events}


def agree(
    product: Product, origin: SandboxProcess, download_id: int, number: int, answer: int
) -> tuple[str, str]:
    """DELETE's answer, what GET says and what lies on the disk tell the same story."""
    ended = product.ended(download_id, within=10)
    if answer == 204:
        assert ended["status"] == "cancelled", ended
        assert ended["video_id"] is None
        return "cancelled", ""
    assert answer == 409
    assert ended["status"] == "completed", ended
    stored = product.stored_sha256(ended)
    assert stored == origin.sha256(f"race{number}", SIZE)
    return "completed", stored
