"""A job that kills itself is given up; a worker that sleeps past its lease changes nothing."""

import os
import signal
import time

import psutil
import pytest

from classroom_site.tests.product import Product, SandboxProcess, eventually

pytestmark = [pytest.mark.kill, pytest.mark.timeout(300)]

SIZE = 300_000


def child_that_fetches(product: Product, download_id: int) -> psutil.Process | None:
    """The child process of a download, known by the lock on its working folder."""
    lock = product.media / "partial" / f"d{download_id}" / ".lock"
    for process in product.tree():
        try:
            if any(file.path == str(lock) for file in process.open_files()):
                return process
        except (psutil.Error, FileNotFoundError):
            continue
    return None


def test_a_job_that_kills_its_child_is_started_three_times_then_failed(
    install, origin: SandboxProcess
):
    product = install()
    poison = product.queue(origin.unique_url("poison", 3_000_000, 50_000))["id"]
    others = [
        product.queue(origin.unique_url(f"healthy{number}", SIZE, 300_000))["id"]
        for number in range(20)
    ]
    victims: set[int] = set()

    def poison_has_ended() -> bool:
        child = child_that_fetches(product, poison)
        if child is not None and child.pid not in victims:
            victims.add(child.pid)
            os.killpg(child.pid, signal.SIGKILL)
        return bool(product.download(poison)["status"] == "failed")

    eventually(poison_has_ended, within=90, every=0.1)
    failed = product.download(poison)
    assert failed["error"]["code"] == "job.crashed"
    assert failed["attempt"] == 3
    assert len(victims) == 3
    ended = [product.ended(number, within=60) for number in others]
    assert [row["status"] for row in ended] == ["completed"] * 20
    eventually(lambda: not product.partials(), within=30)


def test_a_stopped_worker_and_child_lose_the_job_and_change_nothing(
    install, origin: SandboxProcess
):
    product = install(LEASE_SECONDS="4")
    made = product.queue(origin.unique_url("zombie", 1_500_000, 150_000))["id"]
    child = eventually(lambda: child_that_fetches(product, made), within=20)
    eventually(lambda: product.download(made)["downloaded_bytes"] > 0, within=20)
    worker = product.lease_holder()
    for process in (worker, child):
        process.suspend()
    time.sleep(8)  # twice the lease
    for process in (worker, child):
        resume(process)
    ended = product.ended(made, within=60)
    assert ended["status"] == "completed"
    assert product.stored_sha256(ended) == origin.sha256("zombie", 1_500_000)
    assert len(list(product.published())) == 1
    assert ended["attempt"] == 0
    eventually(lambda: not product.partials(), within=30)


def resume(process: psutil.Process) -> None:
    """Whoever took over may have killed it already, as it should."""
    try:
        process.resume()
    except psutil.NoSuchProcess:
        return


def test_a_stopped_child_alone_is_ended_at_the_stall_limit(install, origin: SandboxProcess):
    product = install(DOWNLOAD_STALL_SECONDS="4")
    made = product.queue(origin.unique_url("stopped", 900_000, 150_000))["id"]
    child = eventually(lambda: child_that_fetches(product, made), within=20)
    eventually(lambda: product.download(made)["downloaded_bytes"] > 0, within=20)
    child.suspend()
    ended = product.ended(made, within=60)
    assert ended["status"] == "completed"
    assert ended["attempt"] == 1
    assert product.stored_sha256(ended) == origin.sha256("stopped", 900_000)
