"""The database is stopped under running downloads: it costs a pause, and no download."""

import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest
import requests

from classroom_site.tests.kill.postgres import INITDB, Postgres
from classroom_site.tests.product import Product, SandboxProcess, eventually

pytestmark = [
    pytest.mark.nightly,
    pytest.mark.kill,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not INITDB, reason="SKIPPED: no PostgreSQL on this machine"),
]

NUMBER = 24
SIZE = 1_000_000
RATE = 100_000
AWAY_SECONDS = 5


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.close()


class Visitor(threading.Thread):
    """Asks for the list all the time; keeps what came: (moment, status or error, seconds)."""

    def __init__(self, product: Product) -> None:
        super().__init__()
        self._product = product
        self.left = False
        self.seen: list[tuple[float, int | str, float]] = []
        self.bodies: dict[int, str] = {}

    def run(self) -> None:
        while not self.left:
            began = time.monotonic()
            status: int | str
            try:
                answer = self._product.call("GET", "/downloads?limit=5")
                status = answer.status_code
                self.bodies[status] = answer.headers["Content-Type"] + answer.text
            except requests.RequestException as problem:
                status = type(problem).__name__
            self.seen.append((began, status, time.monotonic() - began))
            time.sleep(0.1)


def test_five_seconds_without_the_database(install, origin: SandboxProcess, postgres: Postgres):
    product = install(DATABASE_URL=postgres.url, MAX_CONCURRENT_DOWNLOADS="4")
    seeds = {
        product.queue(origin.unique_url(f"pg{number}", SIZE, RATE))["id"]: f"pg{number}"
        for number in range(NUMBER)
    }
    eventually(lambda: moving(product) == 4, within=30, message="four running")
    visitor = Visitor(product)
    visitor.start()
    postgres.stop()
    stopped = time.monotonic()
    time.sleep(AWAY_SECONDS)
    starting = time.monotonic()  # it answers a moment before this returns
    postgres.start()
    back = time.monotonic()
    try:
        eventually(lambda: is_well(visitor, since=back), within=15, message="answers again")
        print(f"\nanswers again {time.monotonic() - back:.1f} s after the database")
        ended = {each: product.ended(each, within=180) for each in seeds}
    finally:
        visitor.left = True
        visitor.join()

    during = [one for one in visitor.seen if stopped <= one[0] and sum(one[::2]) < starting]
    print(Counter(status for _, status, _ in during), max(took for *_, took in during))
    assert {status for _, status, _ in during} == {503}
    assert max(took for *_, took in during) < 5
    assert "application/problem+json" in visitor.bodies[503]
    assert {status for _, status, _ in visitor.seen} <= {200, 503}
    assert Counter((row["status"], row["attempt"]) for row in ended.values()) == {
        ("completed", 0): NUMBER
    }
    for number, seed in seeds.items():
        assert product.stored_sha256(ended[number]) == origin.sha256(seed, SIZE)
        asked = [one for one in origin.log() if f"/{seed}/" in one["url"]]
        sent = sum(one["sent"] for one in asked if "sha256" not in one["url"])
        assert sent < 1.2 * SIZE, [(one["headers"].get("Range"), one["sent"]) for one in asked]
    assert len(list(product.published())) == NUMBER


def moving(product: Product) -> int:
    return sum(
        row["status"] == "running" and row["downloaded_bytes"] > 0 for row in product.downloads()
    )


def is_well(visitor: Visitor, *, since: float) -> bool:
    return any(status == 200 for began, status, _ in visitor.seen[:] if began > since)
