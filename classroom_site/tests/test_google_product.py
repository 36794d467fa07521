"""Google through the running product: connect, synchronise, bring a private file home.

What Google issued must be nowhere in clear afterwards.
"""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from classroom_site.tests.product import Product, SandboxProcess, eventually
from classroom_site.tests.visitor import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

PASSWORD = "giz-e-lousa-7"
TEACHER = "helena@escola.example"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory) -> Iterator[SandboxProcess]:
    sandbox = SandboxProcess(tmp_path_factory.mktemp("sandbox"), "--school")
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def product(tmp_path_factory, sandbox) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("product")
    product = Product(folder, **sandbox.environment(proxied=True), **sandbox.google())
    product.start()
    product.make_teacher("ana", PASSWORD)
    yield product
    product.close()


@pytest.fixture(scope="module")
def ana(product) -> Visitor:
    """She has connected her account, and its courses were read."""
    visitor = Visitor(product.url)
    visitor.sign_in("ana", PASSWORD)
    visitor.connect(TEACHER, drive="on")
    eventually(lambda: all_synced(product), within=60)
    return visitor


def results(product: Product, path: str) -> list[dict[str, Any]]:
    answer = product.call("GET", path)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["results"])


def all_synced(product: Product) -> bool:
    syncs = results(product, "/courses/syncs")
    return bool(syncs) and all(sync["status"] == "completed" for sync in syncs)


@pytest.fixture(scope="module")
def batch(product, ana) -> dict[str, Any]:
    """A course of hers with private files of Drive, as it stands once it was brought home."""
    (credential,) = results(product, "/credentials")
    assert (credential["email"], credential["status"]) == (TEACHER, "active")
    course = next(
        one for one in results(product, "/courses") if one["name"].startswith("Ciências")
    )
    wanted = {"credential_id": credential["id"], "include": ["materials"]}
    asked = product.call("POST", f"/courses/{course['id']}/download-all", json=wanted)
    assert asked.status_code == 202, asked.text
    job = asked.json()["job_id"]

    def ended() -> dict[str, Any] | None:
        now = product.call("GET", f"/batch-downloads/{job}").json()
        return now if now["status"] not in {"pending", "in_progress"} else None

    return dict(eventually(ended, within=120))


def test_a_course_comes_home_with_what_can_be_had(product, batch):
    parts = ("completed", "failed", "cancelled", "queued", "in_progress")
    assert batch["total_videos"] == sum(batch[f"{part}_videos"] for part in parts)
    completed = [one for one in product.downloads() if one["status"] == "completed"]
    assert {"drive", "youtube"} <= {one["source"] for one in completed}
    assert all(one["credential_id"] for one in completed if one["source"] == "drive")
    eventually(lambda: not product.partials(), within=5)


def test_no_token_of_google_is_anywhere_in_clear(product, ana, batch, sandbox):
    product.call("POST", f"/credentials/{results(product, '/credentials')[0]['id']}/refresh")
    tokens = requests.get(f"{sandbox.origin}/_sandbox/google/tokens", timeout=10).json()
    assert len(tokens) >= 3
    secrets = [*tokens, "sandbox-secret"]
    places = {
        "database": database_dump(product),
        "files": files_of(product),
        "pages": pages(ana),
        "answers": answers(product),
        "arguments": arguments(product),
    }
    found = [
        (place, secret) for place, text in places.items() for secret in secrets if secret in text
    ]
    assert found == []


def database_dump(product: Product) -> str:
    path = next(Path(product.environment["DATA_DIR"]).rglob("*.sqlite3"))
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        dump = "\n".join(connection.iterdump())
        assert "accounts_credential" in dump
        return dump
    finally:
        connection.close()


def files_of(product: Product) -> str:
    """Logs and whatever else it wrote, but for the database."""
    written = [path for path in product.folder.rglob("*") if path.is_file()]
    texts = [path.read_bytes() for path in written if "sqlite3" not in path.name]
    return b"\n".join([*texts, product.log.read_bytes()]).decode("latin1")


def pages(visitor: Visitor) -> str:
    paths = ("/", "/google", "/google/connect", "/courses", "/downloads", "/profile")
    answers = [visitor.get(path) for path in paths]
    assert [answer.status_code for answer in answers] == [200] * len(paths)
    return "\n".join(answer.text for answer in answers)


def answers(product: Product) -> str:
    paths = ("/credentials", "/courses", "/courses/syncs", "/downloads", "/batch-downloads")
    return json.dumps([product.call("GET", path).json() for path in paths])


def arguments(product: Product) -> str:
    words = []
    for process in [psutil.Process(product.pid), *product.tree()]:
        try:
            words += process.cmdline()
        except psutil.Error:
            continue
    assert len(words) > 10
    return "\n".join(words)
