"""A course downloaded as one batch while processes are killed: its counters always add up."""

import contextlib
import random
import threading
from itertools import pairwise
from typing import Any

import psutil
import pytest
import requests

from accounts.google.scopes import Bundle, to_ask_for
from classroom_site.tests.kill.test_drive import google
from classroom_site.tests.product import Product, SandboxProcess, eventually

pytestmark = [pytest.mark.kill, pytest.mark.timeout(300)]

EMAIL = "ana@escola.example"
COURSE = "1515"
ITEMS, FAILING, CANCELLED = 50, 10, 5
KILLS = 8
SIZE = 300_000
PARTS = ("completed", "failed", "cancelled", "queued", "in_progress")
AREAS = ("downloads", "library", "courses", "credentials")
SCOPES = ",".join(f"{area}:{right}" for area in AREAS for right in ("read", "write"))


@pytest.fixture
def school(origin: SandboxProcess) -> SandboxProcess:
    """Fifty coursework with a film each; the first ten films may not be downloaded."""
    steps: list[Any] = [["clear", {}], ["user", {"email": EMAIL}]]
    steps.append(["course", {"id": COURSE, "name": "História", "owner": EMAIL}])
    for number in range(ITEMS):
        steps += item(number)
    google(origin, "do", steps)
    denied = {"match": r"batchfilm-0000000000000000000\d\?alt=media", "times": -1}
    google(origin, "fail", denied | {"error": "no_download"})
    return origin


def item(number: int) -> list[Any]:
    film = {"id": f"batchfilm-{number:020}", "name": f"Aula {number}.mp4", "mime": "video/mp4"}
    attached = {"driveFile": {"driveFile": {"id": film["id"], "title": film["name"]}}}
    told = {"course": COURSE, "kind": "courseWork", "id": f"b{number}", "materials": [attached]}
    size = {"size": SIZE + number, "rate": SIZE / 2}
    return [
        ["file", film | size | {"readers": [EMAIL], "owner": EMAIL}],
        ["item", told | {"title": f"Tarefa {number}"}],
    ]


def connect(product: Product, origin: SandboxProcess) -> int:
    wanted = {"email": EMAIL, "scopes": to_ask_for([Bundle.CLASSROOM, Bundle.DRIVE])}
    (refresh_token,) = google(origin, "do", [["new_refresh", wanted]])
    product._key = product.manage(
        "create_api_key", "--username", "ana", "--name", "batch", "--scopes", SCOPES
    )
    answer = product.call("POST", "/credentials/import", json={"refresh_token": refresh_token})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def get(product: Product, path: str) -> dict[str, Any] | None:
    """The web server may be the one that was just killed."""
    try:
        answer = product.call("GET", path)
    except requests.RequestException:
        return None
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def kill_at_random(product: Product, done: threading.Event, killed: list[str]) -> None:
    rng = random.Random(15)
    while len(killed) < KILLS and not done.wait(rng.uniform(1.0, 2.0)):
        with contextlib.suppress(psutil.NoSuchProcess, IndexError):
            victim = rng.choice(product.tree())
            name = " ".join(victim.cmdline()[-2:])
            victim.kill()
            killed.append(name)


def cancel_five(product: Product, batch: int) -> int:
    """Of those that wait; asked until five were."""
    cancelled = 0
    while cancelled < CANCELLED:
        listed = get(product, f"/downloads?batch_id={batch}&status=queued&limit=50")
        waiting = [row for row in (listed or {"results": []})["results"] if may_go(row)]
        assert waiting or listed is None, "nothing waits any more"
        for row in waiting[-1:]:
            with contextlib.suppress(requests.RequestException):
                answer = product.call("DELETE", f"/downloads/{row['id']}")
                cancelled += answer.status_code == 204
    return cancelled


def may_go(row: dict[str, Any]) -> bool:
    """Not one of those that will fail."""
    return int(row["title"].removeprefix("Aula ").removesuffix(".mp4")) >= FAILING


def test_fifty_items_end_as_they_should_and_the_counters_always_add_up(install, school):
    product = install(**school.google(), MAX_CONCURRENT_DOWNLOADS="4", WORKERS="2")
    credential = connect(product, school)
    course = eventually(lambda: synced_course(product), within=60)
    asked = product.call(
        "POST", f"/courses/{course}/download-all", json={"credential_id": credential}
    )
    assert asked.status_code == 202, asked.text
    job = asked.json()["job_id"]
    assert get(product, f"/batch-downloads/{job}")["total_videos"] == ITEMS
    cancel_five(product, job)
    killed: list[str] = []
    done = threading.Event()
    killer = threading.Thread(target=kill_at_random, args=[product, done, killed])
    killer.start()
    polls = []

    def ended() -> dict[str, Any] | None:
        now = get(product, f"/batch-downloads/{job}")
        if now is None:
            return None
        polls.append({part: now[f"{part}_videos"] for part in PARTS})
        assert sum(polls[-1].values()) == now["total_videos"] == ITEMS, now
        return now if now["status"] not in {"pending", "in_progress"} else None

    try:
        batch = eventually(ended, within=180, every=0.2)
    finally:
        done.set()
        killer.join()
    print(f"\n{len(polls)} polls, killed {killed}, {batch['status']}: {polls[-1]}")
    # A download whose own child was hit counts attempts: that may cost it its three.
    crashed = [row for row in children(product, job) if code_of(row) == "job.crashed"]
    assert len(crashed) <= 1
    assert batch["status"] == "partially_completed"
    assert polls[-1] == {
        "completed": ITEMS - FAILING - CANCELLED - len(crashed),
        "failed": FAILING + len(crashed),
        "cancelled": CANCELLED,
        "queued": 0,
        "in_progress": 0,
    }
    # What has ended once stays so.
    assert all(a["completed"] <= b["completed"] for a, b in pairwise(polls))
    assert all(poll["cancelled"] == CANCELLED for poll in polls)
    eventually(
        lambda: len(list(product.published())) == polls[-1]["completed"],
        within=30,
        message="a file for each completed download",
    )
    eventually(lambda: not product.partials(), within=60)


def synced_course(product: Product) -> int | None:
    syncs = (get(product, "/courses/syncs") or {"results": []})["results"]
    if not syncs or syncs[0]["status"] != "completed":
        return None
    return int(get(product, "/courses")["results"][0]["id"])


def children(product: Product, batch: int) -> list[dict[str, Any]]:
    found = eventually(lambda: get(product, f"/downloads?batch_id={batch}&limit=100"), within=30)
    return list(found["results"])


def code_of(row: dict[str, Any]) -> str:
    return str((row["error"] or {}).get("code", ""))
