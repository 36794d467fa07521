"""A playlist, a look before a download and cookies through the running product."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from classroom_site.tests.product import Product, SandboxProcess, eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

WATCH = "https://www.youtube.com/watch?v="
PLAYLIST = "https://www.youtube.com/playlist?list=PLanything"
PAGE = "http://videos.example/page.html"
CANARY = "canary-51c0ffee77"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory) -> Iterator[SandboxProcess]:
    sandbox = SandboxProcess(tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def product(tmp_path_factory, sandbox) -> Iterator[Product]:
    product = Product(tmp_path_factory.mktemp("product"), **sandbox.environment(proxied=True))
    product.start()
    product.make_teacher()
    yield product
    product.close()


def test_a_playlist_is_read_and_what_is_picked_of_it_comes_home(product: Product):
    asked = product.call("POST", "/listings", json={"url": PLAYLIST}).json()

    def read() -> dict[str, Any] | None:
        found = product.call("GET", f"/listings/{asked['id']}").json()
        return found if found["status"] not in {"queued", "running"} else None

    found = eventually(read, within=60, message="end of the look")
    assert (found["status"], found["title"]) == ("completed", "Curso")
    picked = product.call("POST", f"/listings/{asked['id']}/download", json={"quality": "360p"})
    assert (picked.status_code, picked.json()["total"]) == (201, 2)
    ended = [product.ended(one["id"]) for one in picked.json()["results"]]
    assert [one["status"] for one in ended] == ["completed", "completed"]


def test_a_look_before_answers_within_its_time(product: Product):
    def probe(video: str) -> Any:
        return product.call("POST", "/downloads?probe=true", json={"url": f"{WATCH}{video}"})

    refused = probe("private0000")
    assert (refused.status_code, refused.json()["code"]) == (422, "source.private")
    assert refused.elapsed.total_seconds() < 12
    queued = probe("okvideo0007")
    assert (queued.status_code, queued.json()["probed"]) == (201, True)
    assert queued.json()["estimated_size"] > 0


def test_cookies_reach_their_site_and_stand_nowhere_in_clear(
    product: Product, sandbox: SandboxProcess
):
    content = f".videos.example\tTRUE\t/\tFALSE\t4102444800\tSID\t{CANARY}\n"
    saved = product.call("POST", "/cookies", json={"content": content})
    assert saved.status_code == 201, saved.text

    done = product.ended(product.queue(PAGE)["id"])

    assert done["status"] == "completed", done
    asked = [one for one in sandbox.log() if "videos.example" in one["url"]]
    assert any(f"SID={CANARY}" in str(one["headers"]) for one in asked)
    for process in product.tree():
        words = [*process.cmdline(), *process.environ().values()] if _lives(process) else []
        assert CANARY not in " ".join(words)
    assert not list(_holding(product.folder))


def _lives(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def _holding(folder: Path) -> Iterator[Path]:
    """The files of the installation in which the cookie can be read: database, logs, all."""
    for database in folder.rglob("*.sqlite3"):
        with sqlite3.connect(database) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink() and CANARY.encode() in path.read_bytes():
            yield path
