"""Nothing is lost and nothing runs twice, whatever is killed."""

import random
import time
from collections import Counter

import psutil
import pytest
import requests

from classroom_site.tests.kill.conftest import FULL
from classroom_site.tests.product import Product, eventually

pytestmark = [pytest.mark.kill, pytest.mark.timeout(600)]

JOBS = 60 if FULL else 30
KILLS = 15 if FULL else 8
SIZE = 400_000
RATE = 200_000  # two seconds each


def kill_at_random(product: Product, rng: random.Random) -> str:
    victims = product.tree()
    if not victims:
        return ""
    victim = rng.choice(victims)
    try:
        name = " ".join(victim.cmdline()[:4])
        victim.kill()
    except psutil.NoSuchProcess:
        return ""
    return name


def test_every_download_completes_once_while_processes_are_killed(database, install, origin):
    product = install(**database)
    expected = {}
    for number in range(JOBS):
        made = product.queue(origin.unique_url(f"kill{number}", SIZE, RATE))
        expected[made["id"]] = f"kill{number}"
    rng = random.Random(7)
    killed: list[str] = []
    began = time.monotonic()
    while time.monotonic() - began < 120 and len(killed) < KILLS:
        time.sleep(rng.uniform(1.5, 3.0))
        killed += filter(None, [kill_at_random(product, rng)])
    eventually(
        lambda: {row["status"] for row in rows_of(product)} == {"completed"} or _retry(product),
        within=120,
        every=1,
        message="all completed",
    )
    took = time.monotonic() - began
    rows = {row["id"]: row for row in rows_of(product)}
    assert Counter(row["status"] for row in rows.values()) == {"completed": JOBS}
    assert len(killed) >= KILLS
    stored = {number: product.stored_sha256(rows[number]) for number in expected}
    assert stored == {number: origin.sha256(seed, SIZE) for number, seed in expected.items()}
    assert len(list(product.published())) == JOBS
    eventually(lambda: not product.partials(), within=60, message="no partial file left")
    print(f"\n{JOBS} completed, {len(killed)} killed, {took:.0f} s: {Counter(killed)}")


def rows_of(product: Product) -> list[dict]:
    """The web process may be the one that was just killed."""
    try:
        return product.downloads()
    except (requests.RequestException, AssertionError):
        return []


def _retry(product: Product) -> bool:
    """A download whose own child was hit three times may be started again by hand."""
    for row in rows_of(product):
        if row["status"] == "failed":
            assert row["error"]["code"] in {"job.crashed", "internal"}, row["error"]
            product.call("POST", f"/downloads/{row['id']}/retry")
    return False
