"""A deploy in the middle of downloads: all ends in time, and goes on where it was."""

import signal

import pytest

from classroom_site.tests.product import SandboxProcess, eventually

pytestmark = [pytest.mark.kill, pytest.mark.timeout(180)]

SIZE = 4_000_000
RATE = 400_000


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_downloads_go_on_after_a_restart_without_fetching_again(
    install, origin: SandboxProcess, how
):
    product = install(LEASE_SECONDS="5")
    seeds = [f"deploy{how}{number}" for number in range(2)]
    made = [product.queue(origin.unique_url(seed, SIZE, RATE))["id"] for seed in seeds]

    def half_way() -> bool:
        return all(product.download(each)["downloaded_bytes"] > SIZE // 3 for each in made)

    eventually(half_way, within=40)
    took = product.stop(how)
    assert took < 15
    if how == signal.SIGTERM:
        assert product.marked() == []
    product.start()
    ended = [product.ended(each, within=60) for each in made]
    assert [(row["status"], row["attempt"]) for row in ended] == [("completed", 0)] * 2
    assert [product.stored_sha256(row) for row in ended] == [
        origin.sha256(seed, SIZE) for seed in seeds
    ]
    for seed in seeds:
        asked = [entry for entry in origin.log() if f"/{seed}/" in entry["url"]]
        assert any("Range" in entry["headers"] for entry in asked)
        sent = sum(entry["sent"] for entry in asked if "sha256" not in entry["url"])
        assert sent < 1.1 * SIZE, f"{sent} bytes sent for {SIZE}"
