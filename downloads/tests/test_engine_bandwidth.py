"""All downloads of a node together keep to one rate, and a new rate goes for those that run."""

import threading
import time
from pathlib import Path

import pytest

from downloads.engines import bandwidth
from downloads.engines.bandwidth import Meter
from downloads.tests.driving import Account
from downloads.tests.fetching import VIDEOS, Fetcher

SIZE = 1_000_000


@pytest.fixture
def slow(fetcher: Fetcher, tools_dir: Path):
    """The rate of this machine's downloads, to be set by the test."""
    meter = Meter(bandwidth.file_in(tools_dir))
    yield meter
    meter.set_rate(0)
    meter.close()


def test_without_a_rate_nobody_waits(tmp_path: Path):
    meter = Meter(tmp_path / "bandwidth")
    began = time.monotonic()
    meter.spend(10**12, lambda: None)

    assert time.monotonic() - began < 1
    assert meter.piece_bytes(1000) == 1000


def test_many_share_one_rate(tmp_path: Path):
    """Four, each with its own view of the file, as processes have it."""
    Meter(tmp_path / "bandwidth").set_rate(1_000_000)
    began = time.monotonic()

    def take() -> None:
        mine = Meter(tmp_path / "bandwidth")
        for _ in range(10):
            mine.spend(50_000, lambda: None)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert time.monotonic() - began >= 1.7  # 2 MB, of which a quarter of a second may burst


def test_a_limit_that_is_lifted_frees_those_that_wait(tmp_path: Path):
    meter, signs = Meter(tmp_path / "bandwidth"), []
    meter.set_rate(10_000)
    thread = threading.Thread(target=lambda: meter.spend(10**7, lambda: signs.append(1)))
    thread.start()
    while not signs:
        time.sleep(0.05)
    Meter(tmp_path / "bandwidth").set_rate(0)
    thread.join(5)

    assert not thread.is_alive()


def test_two_downloads_take_no_more_than_the_rate_together(fetcher: Fetcher, slow: Meter):
    slow.set_rate(600_000)
    began = time.monotonic()
    url = f"{VIDEOS}/unique/lesson/{SIZE}.mp4"
    first = fetcher.launch(url, "direct")
    second = fetcher.launch(
        f"{VIDEOS}/unique/other/{SIZE}.mp4",
        "direct",
        workdir=str(_beside(fetcher)),
    )
    ends = [fetcher.hear(child)[-1]["event"] for child in (first, second)]

    assert ends == ["done", "done"]
    assert time.monotonic() - began >= 2 * SIZE / 600_000 - 0.4


def test_a_drive_file_keeps_to_it_too_and_says_that_it_lives(account: Account, slow: Meter):
    slow.set_rate(1_000_000)
    began = time.monotonic()
    account.done(account.file())

    assert time.monotonic() - began >= 1.6


def _beside(fetcher: Fetcher) -> Path:
    folder = fetcher.workdir.parent / "beside"
    folder.mkdir()
    return folder
