"""The product as it runs: serve, web, worker and children, on real files, in a few seconds."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from classroom_site.tests.product import Product, SandboxProcess, eventually

pytestmark = pytest.mark.timeout(120)

SIZE = 200_000


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory) -> Iterator[SandboxProcess]:
    sandbox = SandboxProcess(tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def product(tmp_path_factory, sandbox) -> Iterator[Product]:
    product = Product(tmp_path_factory.mktemp("product"), **sandbox.environment(proxied=False))
    product.start()
    product.make_teacher()
    yield product
    product.close()
    assert product.marked() == []


def test_a_link_becomes_the_same_bytes_in_the_library(product, sandbox):
    made = product.queue(sandbox.unique_url("whole", SIZE))
    ended = product.ended(made["id"])
    assert ended["status"] == "completed"
    assert ended["file"]["size_bytes"] == SIZE
    assert ended["file"]["sha256"] == sandbox.sha256("whole", SIZE)
    assert product.stored_sha256(ended) == sandbox.sha256("whole", SIZE)
    eventually(lambda: not product.partials(), within=5)


def test_the_same_bytes_from_elsewhere_are_kept_once(product, sandbox):
    first = product.ended(product.queue(sandbox.unique_url("twin", SIZE))["id"])
    url = sandbox.unique_url("twin", SIZE) + "?from=elsewhere"
    second = product.ended(product.queue(url)["id"])
    assert second["status"] == "completed"
    assert second["video_id"] != first["video_id"]
    assert second["file"]["path"] == first["file"]["path"]
    folder = product.media / second["file"]["path"]
    assert folder.exists()
    assert product.call("DELETE", f"/videos/{first['video_id']}").status_code == 204
    assert product.stored_sha256(second) == sandbox.sha256("twin", SIZE)
    assert product.call("DELETE", f"/videos/{second['video_id']}").status_code == 204
    assert not folder.exists()


def test_the_same_link_again_is_linked_without_a_transfer(product, sandbox):
    first = product.ended(product.queue(sandbox.unique_url("again", SIZE))["id"])
    asked = len(sandbox.log())
    second = product.queue(sandbox.unique_url("again", SIZE))
    assert (second["status"], second["linked"]) == ("completed", True)
    assert second["video_id"] == first["video_id"]
    assert len(sandbox.log()) == asked


def test_what_the_source_refuses_fails_with_its_reason(product, sandbox):
    ended = product.ended(product.queue(f"{sandbox.origin}/bad/404/x.mp4")["id"])
    assert (ended["status"], ended["attempt"]) == ("failed", 1)
    assert ended["error"]["code"] == "source.not_found"
    assert ended["error"]["advice"]
    assert list((product.media / "partial").glob("d*")) == []


@pytest.mark.slow
def test_what_may_pass_is_tried_three_times(product, sandbox):
    ended = product.ended(product.queue(f"{sandbox.origin}/bad/drop/x.mp4")["id"], within=90)
    assert (ended["status"], ended["attempt"]) == ("failed", 3)
    assert ended["error"]["code"] == "network.interrupted"
    assert product.call("POST", f"/downloads/{ended['id']}/retry").status_code == 200
    assert product.call("DELETE", f"/downloads/{ended['id']}").status_code == 204


def test_a_cancelled_download_stops_and_leaves_nothing(product, sandbox):
    made = product.queue(sandbox.unique_url("cancelled", 3_000_000, 200_000))["id"]
    eventually(lambda: product.download(made)["downloaded_bytes"] > 0, within=20, every=0.05)
    published = len(list(product.published()))
    assert product.call("DELETE", f"/downloads/{made}").status_code == 204
    eventually(lambda: not product.partials(), within=5, every=0.05)
    time.sleep(0.5)
    assert product.download(made)["status"] == "cancelled"
    assert len(list(product.published())) == published


def test_a_killed_worker_costs_no_attempt_and_little_time(product, sandbox):
    made = product.queue(sandbox.unique_url("handed", 1_200_000, 300_000))["id"]
    eventually(lambda: product.download(made)["downloaded_bytes"] > 300_000, within=20)
    product.lease_holder().kill()
    ended = product.ended(made, within=30)
    assert (ended["status"], ended["attempt"]) == ("completed", 0)
    assert product.stored_sha256(ended) == sandbox.sha256("handed", 1_200_000)
    asked = [entry for entry in sandbox.log() if "/handed/" in entry["url"]]
    assert any("Range" in entry["headers"] for entry in asked)


@pytest.mark.slow
def test_a_temporary_video_is_removed_by_the_workers_themselves(product, sandbox):
    lasting = product.ended(product.queue(sandbox.unique_url("lasting", SIZE))["id"])
    passing = product.ended(product.queue(sandbox.unique_url("passing", SIZE))["id"])
    path = product.media / passing["file"]["path"]
    with closing(
        sqlite3.connect(product.folder / "var" / "classroom.sqlite3", timeout=20)
    ) as database:
        words = "UPDATE library_video SET expires_at = '2026-01-01 00:00:00' WHERE id = ?"
        database.execute(words, [passing["video_id"]])
        database.commit()

    eventually(lambda: not path.exists(), within=60)

    assert product.call("GET", f"/videos/{passing['video_id']}").status_code == 404
    assert product.stored_sha256(lasting) == sandbox.sha256("lasting", SIZE)
