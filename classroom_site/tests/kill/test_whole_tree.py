"""The whole tree of processes ends, one way or another: none stays, and nothing runs twice."""

import os
import signal
import time
from itertools import pairwise
from typing import Any

import pytest

from classroom_site.tests.product import Product, SandboxProcess, eventually

pytestmark = [pytest.mark.kill, pytest.mark.timeout(240)]

SIZE = 1_500_000
RATE = 300_000


def half_way(product: Product, made: list[int]) -> bool:
    return all(product.download(each)["downloaded_bytes"] > SIZE // 3 for each in made)


def asked_for(origin: SandboxProcess, seed: str) -> list[dict[str, Any]]:
    return [
        one for one in origin.log() if f"/{seed}/" in one["url"] and "sha256" not in one["url"]
    ]


def came_home_once(product: Product, origin: SandboxProcess, made: dict[int, str]) -> None:
    """Every file whole, no attempt counted, and no two connections for one at the same time."""
    for number, seed in made.items():
        ended = product.ended(number, within=90)
        assert (ended["status"], ended["attempt"]) == ("completed", 0), ended
        assert product.stored_sha256(ended) == origin.sha256(seed, SIZE)
        spans = sorted((one["started"], one["ended"]) for one in asked_for(origin, seed))
        assert all(before[1] <= after[0] + 0.5 for before, after in pairwise(spans)), spans
        assert sum(one["sent"] for one in asked_for(origin, seed)) < 1.2 * SIZE


def test_of_a_killed_top_process_nothing_is_left_and_all_goes_on_at_the_next_start(
    install, origin: SandboxProcess
):
    product = install(LEASE_SECONDS="5")
    made = {
        product.queue(origin.unique_url(f"top{number}", SIZE, RATE))["id"]: f"top{number}"
        for number in range(4)
    }
    eventually(lambda: half_way(product, list(made)), within=60)
    product.stop(signal.SIGKILL)
    began = time.monotonic()
    eventually(lambda: product.marked() == [], within=15, message="no process is left")
    print(f"\nthe tree was gone {time.monotonic() - began:.1f} s after its top")
    product.start()
    came_home_once(product, origin, made)


def test_a_signal_to_the_whole_process_group_ends_it_in_time(install, origin: SandboxProcess):
    """As systemd and `supervisor stopasgroup` send it."""
    product = install(LEASE_SECONDS="5")
    made = {
        product.queue(origin.unique_url(f"group{number}", SIZE, RATE))["id"]: f"group{number}"
        for number in range(2)
    }
    eventually(lambda: half_way(product, list(made)), within=60)
    began = time.monotonic()
    os.killpg(product.pid, signal.SIGTERM)
    product.stop(within=15)
    took = time.monotonic() - began
    print(f"\nthe group was gone after {took:.1f} s")
    assert took < 15
    assert product.marked() == []
    product.start()
    came_home_once(product, origin, made)
