"""A media folder on a full disk: one download fails and says so, the disk is free again."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from classroom_site.tests.product import Product, SandboxProcess, eventually

MB = 1 << 20
pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """Eight mebibytes of it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, stderr=subprocess.DEVNULL).returncode:
        pytest.skip("SKIPPED: a small disk can only be mounted by root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def sandbox(tmp_path) -> Iterator[SandboxProcess]:
    sandbox = SandboxProcess(tmp_path / "sandbox")
    yield sandbox
    sandbox.close()


@pytest.fixture
def product(tmp_path, sandbox, small_disk) -> Iterator[Product]:
    product = Product(tmp_path, **sandbox.environment(proxied=False), DOWNLOAD_DIR=str(small_disk))
    product.media = small_disk
    product.start()
    product.make_teacher()
    yield product
    product.close()


def test_what_fills_the_disk_fails_and_what_fits_comes_home(product, sandbox, small_disk):
    free_before = shutil.disk_usage(small_disk).free
    large = product.queue(f"{sandbox.origin}/bad/nolen/x.mp4?size={20 * MB}")["id"]

    ended = product.ended(large, within=90)

    assert (ended["status"], ended["error"]["code"]) == ("failed", "disk.full"), ended
    assert ended["error"]["advice"]
    eventually(
        lambda: shutil.disk_usage(small_disk).free >= 0.95 * free_before,
        within=5,
        message="the space is free again",
    )
    made = {
        f"small{number}": product.queue(sandbox.unique_url(f"small{number}", MB))["id"]
        for number in range(3)
    }
    for seed, number in made.items():
        small = product.ended(number)
        assert small["status"] == "completed", small
        assert product.stored_sha256(small) == sandbox.sha256(seed, MB)
    assert len(list(product.published())) == 3
    assert product.call("GET", "/videos").json()["total"] == 3
