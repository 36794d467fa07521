"""A dead grant under thirty downloads: they wait, Google is left in peace, then all come home."""

import time
from collections import Counter
from typing import Any

import pytest
import requests

from accounts.google.scopes import Bundle, to_ask_for
from classroom_site.tests.product import Product, SandboxProcess, eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

EMAIL = "ana@escola.example"
NUMBER = 30
SIZE = 400_000
SECONDS_A_CALL = 3  # all are queued before the first is answered
SCOPES = "downloads:read,downloads:write,credentials:read,credentials:write"


@pytest.fixture
def sandbox(tmp_path):
    sandbox = SandboxProcess(tmp_path / "sandbox")
    yield sandbox
    sandbox.close()


@pytest.fixture
def product(tmp_path, sandbox):
    product = Product(tmp_path, **sandbox.environment(proxied=False), **sandbox.google())
    product.start()
    product.make_teacher()
    product._key = product.manage(
        "create_api_key", "--username", "ana", "--name", "drive", "--scopes", SCOPES
    )
    yield product
    product.close()


def do(sandbox: SandboxProcess, *steps: list[Any]) -> list[Any]:
    url = f"{sandbox.origin}/_sandbox/google/do"
    answer = requests.post(url, json=list(steps), timeout=60)
    assert answer.status_code == 200, answer.text
    return list(answer.json())


def connect(product: Product, sandbox: SandboxProcess) -> None:
    wanted = {"email": EMAIL, "scopes": to_ask_for([Bundle.DRIVE])}
    (refresh_token,) = do(sandbox, ["new_refresh", wanted])
    answer = product.call("POST", "/credentials/import", json={"refresh_token": refresh_token})
    assert answer.status_code == 201, answer.text


def status_of_account(product: Product) -> str:
    return str(product.call("GET", "/credentials").json()["results"][0]["status"])


def states(product: Product) -> Counter[tuple[str, str | None, int]]:
    rows = product.downloads()
    return Counter((row["status"], row["wait_reason"], row["attempt"]) for row in rows)


def calls(sandbox: SandboxProcess, path: str) -> int:
    url = f"{sandbox.origin}/_sandbox/google/log?path={path}"
    return len(requests.get(url, timeout=10).json())


def test_thirty_downloads_of_a_dead_grant_wait_in_peace_and_then_come_home(product, sandbox):
    do(sandbox, ["user", {"email": EMAIL}])
    film = {"name": "Aula.mp4", "mime": "video/mp4", "size": SIZE, "readers": [EMAIL]}
    files = [f"1PrivateLessonOfTheSchool-{number:04}" for number in range(NUMBER)]
    do(sandbox, *(["file", {**film, "id": file}] for file in files))
    connect(product, sandbox)
    slow = {"match": "/drive/", "times": -1, "delay": SECONDS_A_CALL}
    requests.post(f"{sandbox.origin}/_sandbox/google/fail", json=slow, timeout=10)
    for file in files:
        product.queue(f"https://drive.google.com/file/d/{file}/view")
    do(sandbox, ["revoke_grant", {"email": EMAIL}])
    renewed = calls(sandbox, "/token")

    eventually(lambda: status_of_account(product) == "needs_consent", within=30)
    waiting = {("queued", "needs_consent", 0): NUMBER}
    eventually(lambda: states(product) == waiting, within=30)
    asked = calls(sandbox, "/drive/")
    time.sleep(60)
    assert states(product) == waiting
    assert calls(sandbox, "/token") - renewed <= 2
    assert calls(sandbox, "/drive/") == asked

    began = time.monotonic()
    connect(product, sandbox)
    eventually(lambda: states(product) == {("completed", None, 0): NUMBER}, within=90, every=1)
    print(f"\n{NUMBER} came home {time.monotonic() - began:.1f} s after the account came back")
