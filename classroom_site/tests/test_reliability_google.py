"""Google stands still, with open connections: nobody here waits for it, and all goes on after."""

import contextlib
import statistics
import time
from collections.abc import Iterator, Sequence

import psutil
import pytest
import requests

from accounts.google.scopes import Bundle, to_ask_for
from classroom_site.tests.product import Product, SandboxProcess, eventually

pytestmark = [pytest.mark.nightly, pytest.mark.slow, pytest.mark.timeout(240)]

EMAIL = "ana@escola.example"
FILE = "1PrivateLessonOfTheSchool-0077"
AREAS = ("downloads", "library", "courses", "credentials")
SCOPES = ",".join(f"{area}:{right}" for area in AREAS for right in ("read", "write"))
LOOKED_AT = ("/downloads", "/courses", "/courses/syncs", "/credentials", "/videos")
ROUNDS = 5


@pytest.fixture
def sandbox(tmp_path) -> Iterator[SandboxProcess]:
    sandbox = SandboxProcess(tmp_path / "sandbox")
    film = {"id": FILE, "name": "Aula.mp4", "mime": "video/mp4", "size": 200_000}
    attached = {"driveFile": {"driveFile": {"id": FILE, "title": "Aula.mp4"}}}
    item = {"course": "77", "kind": "courseWork", "id": "w1", "title": "Um"}
    steps = [
        ["user", {"email": EMAIL}],
        ["file", film | {"readers": [EMAIL], "owner": EMAIL}],
        ["course", {"id": "77", "name": "Artes", "owner": EMAIL}],
        ["item", item | {"materials": [attached]}],
    ]
    do(sandbox, *steps)
    yield sandbox
    sandbox.close()


def do(sandbox: SandboxProcess, *steps: Sequence[object]) -> list[str]:
    url = f"{sandbox.origin}/_sandbox/google/do"
    answer = requests.post(url, json=list(steps), timeout=60)
    assert answer.status_code == 200, answer.text
    return list(answer.json())


@pytest.fixture
def product(tmp_path, sandbox) -> Iterator[Product]:
    """Ana's account is connected, and her course was read."""
    product = Product(tmp_path, **sandbox.environment(proxied=False), **sandbox.google())
    product.start()
    product.make_teacher()
    product._key = product.manage(
        "create_api_key", "--username", "ana", "--name", "all", "--scopes", SCOPES
    )
    wanted = {"email": EMAIL, "scopes": to_ask_for([Bundle.CLASSROOM, Bundle.DRIVE])}
    (refresh_token,) = do(sandbox, ["new_refresh", wanted])
    answer = product.call("POST", "/credentials/import", json={"refresh_token": refresh_token})
    assert answer.status_code == 201, answer.text
    eventually(lambda: newest_sync(product) == "completed", within=60)
    yield product
    product.close()


def newest_sync(product: Product) -> str:
    found = product.call("GET", "/courses/syncs").json()["results"]
    return str(found[0]["status"]) if found else ""


@contextlib.contextmanager
def standing_still(sandbox: SandboxProcess) -> Iterator[None]:
    process = psutil.Process(sandbox.pid)
    process.suspend()
    try:
        yield
    finally:
        process.resume()


def test_while_google_stands_still_everything_is_answered_at_once_and_then_goes_on(
    product, sandbox
):
    taken: list[float] = []

    def ask(method: str, path: str, expected: int, **options: object) -> requests.Response:
        began = time.monotonic()
        answer = product.call(method, path, **options)
        taken.append(time.monotonic() - began)
        assert answer.status_code == expected, answer.text
        return answer

    link = f"https://drive.google.com/file/d/{FILE}/view"
    with standing_still(sandbox):
        ask("POST", "/courses/sync", 202, json={})
        made = ask("POST", "/downloads", 201, json={"url": link}).json()["id"]
        eventually(lambda: product.download(made)["status"] == "running", within=20)
        for _ in range(ROUNDS):
            for path in LOOKED_AT:
                ask("GET", path, 200)
            time.sleep(0.5)
    print(f"\nmedian {statistics.median(taken):.3f} s, longest {max(taken):.3f} s")
    assert statistics.median(taken) < 0.2
    assert max(taken) < 2

    ended = product.ended(made, within=90)
    assert ended["status"] == "completed", ended
    eventually(lambda: newest_sync(product) == "completed", within=90, message="synchronised")
