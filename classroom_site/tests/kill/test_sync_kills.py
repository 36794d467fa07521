"""A large course whose worker is killed again and again while it is read: all of it, and once."""

import time
from collections import Counter
from typing import Any

import psutil
import pytest
import requests

from accounts.google.scopes import Bundle, to_ask_for
from classroom_site.tests.kill.test_drive import google
from classroom_site.tests.product import Product, SandboxProcess, eventually

pytestmark = [pytest.mark.kill, pytest.mark.timeout(600)]

EMAIL = "ana@escola.example"
COURSE = "1010"
NUMBER = 300
KILLS = 4
SECONDS_A_CALL = 0.8
# Two lists of courses, topics, teachers, four lists of coursework, three batches of Drive.
CALLS = 16
SCOPES = "courses:read,courses:write,credentials:read,credentials:write"


@pytest.fixture
def school(origin: SandboxProcess) -> SandboxProcess:
    """A course of three hundred coursework with a film each, read slowly."""
    steps: list[Any] = [["clear", {}], ["user", {"email": EMAIL}]]
    steps.append(["course", {"id": COURSE, "name": "Matemática", "owner": EMAIL}])
    for number in range(NUMBER):
        steps += item(number)
    google(origin, "do", steps)
    slow = {"match": "/v1/|/batch", "times": -1, "delay": SECONDS_A_CALL}
    google(origin, "fail", slow)
    return origin


def item(number: int) -> list[Any]:
    film = {"id": f"film-{number:04}", "name": "Aula.mp4", "mime": "video/mp4"}
    attached = {"driveFile": {"driveFile": {"id": film["id"], "title": film["name"]}}}
    told = {"course": COURSE, "kind": "courseWork", "id": f"w{number}", "materials": [attached]}
    return [
        ["file", film | {"readers": [EMAIL], "owner": EMAIL}],
        ["item", told | {"title": f"Tarefa {number}"}],
    ]


def connect(product: Product, origin: SandboxProcess) -> int:
    wanted = {"email": EMAIL, "scopes": to_ask_for([Bundle.CLASSROOM, Bundle.DRIVE])}
    (refresh_token,) = google(origin, "do", [["new_refresh", wanted]])
    product._key = product.manage(
        "create_api_key", "--username", "ana", "--name", "school", "--scopes", SCOPES
    )
    answer = product.call("POST", "/credentials/import", json={"refresh_token": refresh_token})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def rows(product: Product, path: str) -> list[dict[str, Any]]:
    """All pages of a list."""
    found: list[dict[str, Any]] = []
    asked: dict[str, Any] = {}
    while True:
        answer = product.call("GET", path, params=asked)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["results"]
        if not page.get("next_page_token"):
            return found
        asked = {"page_token": page["next_page_token"]}


def sync(product: Product) -> dict[str, Any]:
    return rows(product, "/courses/syncs")[0]


def kill_workers(product: Product) -> int:
    """All that hold a lease, as they read."""
    victims = []
    for process in product.tree():
        try:
            if any("/holders/" in file.path for file in process.open_files()):
                victims.append(process)
        except psutil.Error:
            continue
    for victim in victims:
        victim.kill()
    return len(victims)


def read_under_fire(product: Product, origin: SandboxProcess) -> dict[str, Any]:
    """Kill it while it runs, each time a little later; how it ends, and after how many calls."""
    began, before = time.monotonic(), calls(origin)
    for number in range(KILLS):
        eventually(lambda: sync(product)["status"] == "running", within=30, every=0.05)
        wait_for_calls(origin, calls(origin) + number + 1)
        assert kill_workers(product) >= 1
        time.sleep(2)  # another worker may have it before anybody sees it queued
    eventually(lambda: sync(product)["status"] not in {"queued", "running"}, within=120)
    took = time.monotonic() - began
    print(f"\n{KILLS} kills, {calls(origin) - before} calls, {took:.0f} s")
    return sync(product) | {"all_calls": calls(origin) - before}


def wait_for_calls(origin: SandboxProcess, number: int) -> None:
    eventually(lambda: calls(origin) >= number, within=30, every=0.05)


def calls(origin: SandboxProcess) -> int:
    """Of Classroom, and batches of Drive; not what is inside of these."""
    url = f"{origin.origin}/_sandbox/google/log"
    log = requests.get(url, timeout=10).json()
    return sum(path_of(one).startswith(("/v1/", "/batch")) for one in log)


def path_of(entry: Any) -> str:
    return str(entry["path"] if isinstance(entry, dict) else entry[1])


def test_a_large_course_is_read_whole_and_once_whatever_is_killed(
    database,
    install,
    school,
):
    product = install(**school.google(), SYNC_INTERVAL_MINUTES="0", **database)
    connect(product, school)

    first = read_under_fire(product, school)
    assert (first["status"], first["courses_done"]) == ("completed", 1), first
    assert first["all_calls"] <= CALLS * (KILLS + 1)
    (course,) = rows(product, "/courses")
    everything = rows(product, f"/courses/{course['id']}/coursework")
    titles = Counter(one["title"] for one in everything)
    assert titles == {f"Tarefa {number}": 1 for number in range(NUMBER)}
    assert course["video_count"] == NUMBER
    assert rows(product, f"/courses/{course['id']}/changes") == []

    change_the_course(school)
    credential = rows(product, "/credentials")[0]["id"]
    answer = product.call(
        "POST", "/courses/sync", json={"credential_id": credential, "full": True}
    )
    assert answer.status_code == 202, answer.text
    second = read_under_fire(product, school)
    assert second["status"] == "completed", second
    assert second["all_calls"] <= CALLS * (KILLS + 1)
    told = Counter(
        (one["change"], one["title"]) for one in rows(product, f"/courses/{course['id']}/changes")
    )
    assert told == expected_changes()
    assert len(rows(product, f"/courses/{course['id']}/coursework")) == NUMBER + 20


def change_the_course(origin: SandboxProcess) -> None:
    """Twenty are new, twenty have another title, twenty are gone without a trace."""
    steps: list[Any] = []
    at = {"course": COURSE, "kind": "courseWork"}
    for number in range(NUMBER, NUMBER + 20):
        steps += item(number)
    for number in range(20):
        steps.append(["change_item", {**at, "id": f"w{number}", "title": f"Nova {number}"}])
    for number in range(20, 40):
        steps.append(["remove_item", {**at, "id": f"w{number}"}])
    google(origin, "do", steps)


def expected_changes() -> dict[tuple[str, str], int]:
    return {
        **{("new", f"Tarefa {number}"): 1 for number in range(NUMBER, NUMBER + 20)},
        **{("changed", f"Nova {number}"): 1 for number in range(20)},
        **{("gone", f"Tarefa {number}"): 1 for number in range(20, 40)},
    }
