"""Sources that refuse, through the running product: what is asked again, when, and how often."""

import itertools
import time
from collections.abc import Iterator

import pytest

from classroom_site.tests.product import Product, SandboxProcess, eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

BAD, VIDEOS = "http://bad.example", "http://videos.example"
AFTER = 7  # seconds in Retry-After


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory) -> Iterator[SandboxProcess]:
    sandbox = SandboxProcess(tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    sandbox.close()


@pytest.fixture
def product(tmp_path, sandbox) -> Iterator[Product]:
    product = Product(
        tmp_path,
        **sandbox.environment(proxied=True),
        RETRY_BASE_SECONDS="2",
        MAX_CONCURRENT_DOWNLOADS="4",
    )
    product.start()
    product.make_teacher()
    yield product
    product.close()


def tries(sandbox: SandboxProcess, path: str) -> list[float]:
    """When each run began: requests of one run follow each other at once."""
    starts = sorted(one["started"] for one in sandbox.log() if path in one["url"])
    return [
        start
        for number, start in enumerate(starts)
        if number == 0 or start - starts[number - 1] > AFTER / 2
    ]


def test_a_busy_source_is_asked_three_times_and_never_sooner_than_it_said(product, sandbox):
    paths = [f"/503/busy{number}.mp4" for number in range(2)]
    made = [product.queue(f"{BAD}{path}?after={AFTER}")["id"] for path in paths]

    ended = [product.ended(number, within=90) for number in made]

    assert [(row["status"], row["attempt"]) for row in ended] == [("failed", 3)] * 2
    assert {row["error"]["code"] for row in ended} == {"network.unreachable"}
    assert all(row["error"]["retryable"] for row in ended)
    runs = [tries(sandbox, path) for path in paths]
    assert [len(moments) for moments in runs] == [3, 3]
    gaps = [[b - a for a, b in itertools.pairwise(moments)] for moments in runs]
    print(f"\ngaps: {gaps}")
    assert min(itertools.chain(*gaps)) >= AFTER
    assert max(abs(a - b) for a, b in zip(*gaps, strict=True)) > 0.05, "jitter"
    time.sleep(2 * AFTER)
    assert [len(tries(sandbox, path)) for path in paths] == [3, 3], "given up is given up"


def test_one_429_stops_the_storm_and_other_hosts_go_on(product, sandbox):
    storm = [
        product.queue(f"{BAD}/429/storm{number}.mp4?after={AFTER}")["id"] for number in range(20)
    ]
    elsewhere = product.queue(f"{VIDEOS}/unique/elsewhere/200000.mp4")["id"]

    assert product.ended(elsewhere)["status"] == "completed"
    eventually(
        lambda: {product.download(number)["wait_reason"] for number in storm} == {"host_pause"},
        within=30,
        message="all of the host wait",
    )
    asked = {one["url"] for one in sandbox.log() if "/storm" in one["url"]}
    assert len(asked) <= 4, "no more than ran at once"
    time.sleep(AFTER + 3)
    rows = [product.download(number) for number in storm]
    assert {(row["status"], row["attempt"]) for row in rows} == {("queued", 0)}
    assert {one["url"] for one in sandbox.log() if "/storm" in one["url"]} == asked
