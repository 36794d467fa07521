"""A large private Drive file over a bad line, with a killed worker: whole, and only once."""

import hashlib
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from accounts.google.scopes import Bundle, to_ask_for
from classroom_site.tests.kill.conftest import FULL
from classroom_site.tests.product import Product, SandboxProcess, eventually

pytestmark = [pytest.mark.kill, pytest.mark.timeout(600)]

SIZE = (500 if FULL else 60) * 1_000_000
SECONDS = 25 if FULL else 10
EMAIL = "ana@escola.example"
FILE = "1PrivateLessonOfTheSchool-0001"
SCOPES = "downloads:read,downloads:write,library:read,credentials:read,credentials:write"


def google(origin: SandboxProcess, what: str, steps: Any = None) -> Any:
    url = f"{origin.origin}/_sandbox/google/{what}"
    answer = requests.get(url, timeout=60) if steps is None else _post(url, steps)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _post(url: str, steps: Any) -> requests.Response:
    return requests.post(url, json=steps, timeout=60)


@pytest.fixture
def school(origin: SandboxProcess) -> SandboxProcess:
    """One private video that Ana may read, and a line that breaks three times."""
    video = {"id": FILE, "name": "Aula 1.mp4", "mime": "video/mp4", "size": SIZE}
    video |= {"readers": [EMAIL], "owner": "prof@escola.example", "rate": SIZE / SECONDS}
    google(origin, "do", [["clear", {}], ["user", {"email": EMAIL}], ["file", video]])
    google(origin, "fail", {"match": "alt=media", "times": 3, "cut_after": SIZE // 5})
    return origin


def connect(product: Product, origin: SandboxProcess) -> None:
    wanted = {"email": EMAIL, "scopes": to_ask_for([Bundle.DRIVE])}
    (refresh_token,) = google(origin, "do", [["new_refresh", wanted]])
    product._key = product.manage(
        "create_api_key", "--username", "ana", "--name", "drive", "--scopes", SCOPES
    )
    answer = product.call("POST", "/credentials/import", json={"refresh_token": refresh_token})
    assert answer.status_code == 201, answer.text


def transfers(origin: SandboxProcess) -> list[dict[str, Any]]:
    return [entry for entry in origin.log() if f"{FILE}?alt=media" in entry["url"]]


def test_a_file_cut_three_times_whose_worker_is_killed_comes_whole_and_once(install, school):
    product = install(**school.google())
    connect(product, school)
    began = time.monotonic()
    made = product.queue(f"https://drive.google.com/file/d/{FILE}/view")["id"]

    eventually(lambda: product.download(made)["downloaded_bytes"] > 0.7 * SIZE, within=120)
    seen = arguments_and_environments(product)
    product.lease_holder().kill()
    ended = product.ended(made, within=180)

    took = time.monotonic() - began
    assert ended["status"] == "completed", ended
    assert ended["attempt"] == 0
    (file,) = product.published()
    assert file.stat().st_size == SIZE
    assert sha256(file) == expected(school)
    requested = transfers(school)
    again = sum(entry["sent"] for entry in requested) / SIZE - 1
    print(f"\n{len(requested)} requests, {100 * again:.1f} % fetched twice, {took:.0f} s")
    assert len(requested) == 5  # four for the three cuts, one more for the next worker
    assert again <= 0.1
    eventually(lambda: not product.partials(), within=30)
    told = seen + product.log.read_text()
    issued = google(school, "tokens")
    assert issued
    assert [token for token in issued if token in told] == []


def arguments_and_environments(product: Product) -> str:
    """What every user of the machine may read of its processes, and what its own user may."""
    told = ""
    for process in [psutil.Process(product.pid), *product.tree()]:
        try:
            told += repr(process.cmdline()) + repr(process.environ())
        except psutil.Error:
            continue
    return told


def expected(origin: SandboxProcess) -> str:
    return origin.sha256(FILE, SIZE)


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
