"""The examples of docs/examples and the Python client, against the running product."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from classroom_client import Client, Conflict, Forbidden, Invalid, NotFound, Unauthenticated

from classroom_site.tests.product import ROOT, Product, SandboxProcess, eventually
from classroom_site.tests.visitor import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

EXAMPLES = ROOT / "docs" / "examples"
PASSWORD = "giz-e-lousa-7"
SIZE = 300_000
DENO = Path(sys.executable).with_name("deno")
PROGRAMS = {
    "download.sh": ["sh"],
    "download.py": [sys.executable],
    "download.mjs": [
        shutil.which("node") or f"{DENO}",
        *([] if shutil.which("node") else ["run", "-A"]),
    ],
}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory) -> Iterator[SandboxProcess]:
    sandbox = SandboxProcess(tmp_path_factory.mktemp("sandbox"), "--school")
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def product(tmp_path_factory, sandbox) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("product")
    hosts = sandbox.environment(proxied=True) | sandbox.environment(proxied=False)
    product = Product(folder, **hosts, **sandbox.google())
    product.start()
    yield product
    product.close()


@pytest.fixture(scope="module")
def key(product) -> str:
    return product.make_teacher("ana", PASSWORD)


@pytest.fixture
def client(product, key) -> Iterator[Client]:
    with Client(product.url, key) as client:
        yield client


def run(name: str, product: Product, key: str, *words: str) -> subprocess.CompletedProcess[str]:
    if name == "download.sh" and not shutil.which("jq"):
        pytest.skip("jq is not installed (.ci/run installs it)")
    paths = {"SITE": product.url, "KEY": key, "PYTHONPATH": str(ROOT / "clients" / "python")}
    return subprocess.run(
        [*PROGRAMS[name], str(EXAMPLES / name), *words],
        env={**os.environ, **paths},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("name", PROGRAMS)
def test_an_example_brings_a_video_home(name, product, key, sandbox, tmp_path):
    file = tmp_path / "lesson.mp4"
    seed = name.replace(".", "-")

    done = run(name, product, key, sandbox.unique_url(seed, SIZE), str(file))

    assert done.returncode == 0, done.stderr
    assert hashlib.sha256(file.read_bytes()).hexdigest() == sandbox.sha256(seed, SIZE)
    assert "lesson.mp4" in done.stdout


@pytest.mark.parametrize("name", PROGRAMS)
def test_an_example_tells_what_went_wrong(name, product, key, sandbox, tmp_path):
    file = tmp_path / "lesson.mp4"
    gone = run(name, product, key, f"{sandbox.origin}/bad/404/{name}.mp4", str(file))
    wrong = run(name, product, "cdk_wrong", "https://example.org/a.mp4", str(file))

    assert gone.returncode != 0
    error = next(one["error"] for one in product.downloads() if f"/{name}.mp4" in one["url"])
    assert error["message"] in gone.stderr
    assert error["advice"] in gone.stderr
    assert wrong.returncode != 0
    assert "authentication_failed" in wrong.stderr + wrong.stdout
    assert list(tmp_path.glob("lesson*")) == []


def test_the_client_queues_once_and_saves_what_came(client, sandbox, tmp_path):
    url = sandbox.unique_url("client", SIZE)
    first = client.downloads.queue(url, title="Lesson", idempotency_key="lesson-1")
    again = client.downloads.queue(url, title="Lesson", idempotency_key="lesson-1")
    ended = client.downloads.wait(first["id"], within=60, every=0.2)
    saved = client.videos.save(ended["video_id"], tmp_path / "lesson.mp4")
    with client.videos.open(ended["video_id"], byte_range="bytes=10-19") as part:
        middle = part.content

    assert again["id"] == first["id"]
    assert (ended["status"], ended["title"]) == ("completed", "Lesson")
    assert hashlib.sha256(saved.read_bytes()).hexdigest() == sandbox.sha256("client", SIZE)
    assert (part.status_code, middle) == (206, saved.read_bytes()[10:20])
    assert [path.name for path in tmp_path.glob("lesson*")] == ["lesson.mp4"]
    assert first["id"] in [one["id"] for one in client.downloads.find(status="completed")]
    with pytest.raises(Conflict) as refused:
        client.downloads.cancel(first["id"])
    assert refused.value.code == "already_completed"


def test_the_client_tells_refusals_apart(product, client):
    with pytest.raises(NotFound):
        client.downloads.get(999_999)
    with pytest.raises(Invalid) as refused:
        client.downloads.queue("https://example.org/a.mp4", quality="8k")
    assert [error["field"] for error in refused.value.errors] == ["quality"]
    narrow = product.manage(
        *["create_api_key", "--username", "ana", "--name", "narrow", "--scopes", "library:read"]
    )
    with Client(product.url, narrow) as other, pytest.raises(Forbidden) as forbidden:
        other.downloads.queue("https://example.org/a.mp4")
    assert forbidden.value.code == "insufficient_scope"
    with Client(product.url, "cdk_wrong") as stranger, pytest.raises(Unauthenticated):
        stranger.downloads.get(1)


def test_the_client_signs_a_person_in_renews_and_signs_out(product, key):
    with pytest.raises(Unauthenticated):
        Client.sign_in(product.url, login="ana", password="not-hers-at-all")
    with Client.sign_in(product.url, login="ana", password=PASSWORD) as ana:
        signed_in = ana._signed_in
        assert signed_in is not None
        before = signed_in.token()
        signed_in._good_until = 0
        assert list(ana.courses.find()) is not None
        assert signed_in.token() != before
        ana.sign_out()
        with pytest.raises(Unauthenticated):
            ana.courses.get(1)


def test_the_client_brings_a_course_home(product, client):
    link = client.credentials.connect_link(tenant_id="escola-azul", bundles=["classroom", "drive"])
    helena = Visitor(product.url)
    helena.sign_in("ana", PASSWORD)
    question = helena.get(link["url"])
    helena.consent(helena.send(question, "/connect/"), "helena@escola.example")
    used = client.credentials.wait_for_link(link["id"], within=30, every=0.2)
    credential = client.credentials.get(used["credential_id"])
    for sync in client.courses.sync(credential_id=credential["id"]):
        assert client.courses.wait_for_sync(sync["id"], within=60)["status"] == "completed"
    course = eventually(lambda: next(client.courses.find(search="Ciências"), None), within=30)
    coursework = list(client.courses.coursework(course["id"], has_video=True))
    started = client.courses.download_all(course["id"], credential_id=credential["id"])
    batch = client.batches.wait(started["job_id"], within=120, every=0.5)

    assert (credential["tenant_id"], credential["status"]) == ("escola-azul", "active")
    assert coursework
    assert all(one["videos"] for one in coursework)
    assert batch["total_videos"] == started["total_videos"] > 0
    assert batch["completed_videos"] > 0
    assert [one["id"] for one in client.credentials.find(tenant_id="escola-verde")] == []
