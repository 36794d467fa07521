"""Clocks of two worker nodes jump by hours under their work: leases go by the database's."""

import shutil
import subprocess
from pathlib import Path

import pytest

from classroom_site.tests.kill.nodes import Nodes, alive, query
from classroom_site.tests.product import Product, SandboxProcess, eventually

COMPILER = shutil.which("cc")
pytestmark = [
    pytest.mark.nightly,
    pytest.mark.kill,
    pytest.mark.timeout(240),
    pytest.mark.skipif(COMPILER is None, reason="SKIPPED: no C compiler on this machine"),
]

# The clock of the wall alone, read anew each time (faketime 0.9.10 breaks Python's sleep).
SOURCE = r"""
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long jump(void) {
    char text[16] = {0};
    int file = open(getenv("CLOCK_FILE"), O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    long length = read(file, text, sizeof text - 1);
    close(file);
    return length > 0 ? atol(text) : 0;
}
int clock_gettime(clockid_t clock, struct timespec *now) {
    int result = syscall(SYS_clock_gettime, clock, now);
    if (clock == CLOCK_REALTIME) now->tv_sec += jump();
    return result;
}
time_t time(time_t *seconds) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (seconds) *seconds = now.tv_sec;
    return now.tv_sec;
}
int gettimeofday(struct timeval *moment, void *zone) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    moment->tv_sec = now.tv_sec;
    moment->tv_usec = now.tv_nsec / 1000;
    return 0;
}
"""
NUMBER = 6
SIZE = 2_000_000
RATE = 100_000


@pytest.fixture
def library(tmp_path) -> Path:
    source, library = tmp_path / "clock.c", tmp_path / "clock.so"
    source.write_text(SOURCE)
    subprocess.run(
        [str(COMPILER), "-shared", "-fPIC", "-o", str(library), str(source)], check=True
    )
    return library


def test_six_downloads_on_nodes_whose_clocks_jump(
    postgres_database, install, origin: SandboxProcess, nodes: Nodes, tmp_path, library
):
    product = install(DATABASE_URL=postgres_database, WORKERS="1", MAX_CONCURRENT_DOWNLOADS="2")
    clocks = {seconds: tmp_path / f"clock{seconds}" for seconds in (7200, -7200)}
    for file in clocks.values():
        file.write_text("0")
        nodes.start(product, LD_PRELOAD=str(library), CLOCK_FILE=str(file))
    eventually(lambda: alive(product) == 3, within=60, message="three nodes")
    seeds = {
        product.queue(origin.unique_url(f"clock{number}", SIZE, RATE))["id"]: f"clock{number}"
        for number in range(NUMBER)
    }
    eventually(lambda: under_way(product) == NUMBER, within=60, message="six running")
    holders = query(product, "SELECT DISTINCT holder FROM downloads_download")
    assert len(holders) == 3, "each node runs some"

    for seconds, file in clocks.items():
        file.write_text(str(seconds))
    ended = {number: product.ended(number, within=120) for number in seeds}

    rows = query(product, "SELECT status, run, attempt, handed_back FROM downloads_download")
    assert rows == [("completed", 1, 0, 0)] * NUMBER, "none was taken over"
    for number, seed in seeds.items():
        assert product.stored_sha256(ended[number]) == origin.sha256(seed, SIZE)
        times = [ended[number][f"{what}_at"] for what in ("created", "started", "finished")]
        assert times == sorted(times), "no duration is negative"


def under_way(product: Product) -> int:
    rows = product.downloads()
    return sum(row["status"] == "running" and row["downloaded_bytes"] > 0 for row in rows)
