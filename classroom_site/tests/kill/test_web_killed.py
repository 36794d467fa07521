"""The web server dies while it answers: who asks again with the same key gets one download."""

import contextlib
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
import requests

from classroom_site.tests.product import Product, SandboxProcess, eventually

pytestmark = [pytest.mark.kill, pytest.mark.timeout(300)]

POSTS = 50
KILLS = 5
SIZE = 50_000


def post_until_taken(product: Product, url: str, key: str) -> list[int]:
    """Ids of all answers that said yes: the first, and one more for good measure."""
    ids: list[int] = []
    deadline = time.monotonic() + 90
    while len(ids) < 2 and time.monotonic() < deadline:
        try:
            answer = product.call(
                "POST", "/downloads", json={"url": url}, headers={"Idempotency-Key": key}
            )
        except requests.RequestException:
            time.sleep(0.1)
            continue
        assert answer.status_code in {201, 503}, answer.text
        if answer.status_code == 201:
            ids.append(answer.json()["id"])
            time.sleep(0.3)  # the killing goes on meanwhile
    return ids


def web_of(product: Product) -> psutil.Process | None:
    for process in product.tree():
        with contextlib.suppress(psutil.Error):
            if process.ppid() == product.pid and "web" in process.cmdline():
                return process
    return None


def kill_it_again_and_again(product: Product, done: threading.Event) -> int:
    victims: set[int] = set()
    while len(victims) < KILLS and not done.is_set():
        web = web_of(product)
        if web is not None and web.pid not in victims and answers(product):
            with contextlib.suppress(psutil.NoSuchProcess):
                web.kill()
            victims.add(web.pid)
        time.sleep(0.2)
    return len(victims)


def answers(product: Product) -> bool:
    try:
        return requests.get(f"{product.url}/health/live", timeout=2).ok
    except requests.RequestException:
        return False


def test_fifty_posts_through_a_server_that_is_killed_five_times(install, origin: SandboxProcess):
    product = install(MAX_CONCURRENT_DOWNLOADS="4")
    urls = [origin.unique_url(f"web{number}", SIZE) for number in range(POSTS)]
    keys = [uuid.uuid4().hex for _ in urls]
    asked = list(zip(urls, keys, strict=True))
    done = threading.Event()
    with ThreadPoolExecutor(4) as people, ThreadPoolExecutor(1) as killer:
        killing = killer.submit(kill_it_again_and_again, product, done)
        taken = list(people.map(lambda ask: post_until_taken(product, *ask), asked))
        done.set()
        killed = killing.result()
    assert killed == KILLS
    assert [len(ids) for ids in taken] == [2] * POSTS
    assert [len(set(ids)) for ids in taken] == [1] * POSTS, "the same id for the same key"
    made = {ids[0] for ids in taken}
    assert len(made) == POSTS

    eventually(lambda: answers(product), within=20)
    ended = [product.ended(each, within=120) for each in made]
    assert {row["status"] for row in ended} == {"completed"}
    assert {row["id"] for row in product.downloads()} == made
    assert len(list(product.published())) == POSTS
