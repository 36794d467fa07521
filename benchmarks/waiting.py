"""The queue on SQLite and PostgreSQL: how soon a download begins, alone and behind 10,000 others.

`waiting.py [sqlite|postgres]`; both unless told.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import requests

from classroom_site.tests.kill.postgres import INITDB, Postgres
from classroom_site.tests.product import PYTHON, ROOT, Product, SandboxProcess, eventually
from classroom_site.tests.visitor import Visitor

PASSWORD = "giz-e-lousa-7"
ALONE = 60
SLOTS = 4
MANY = 10_000
FEW = 100
BATCH = 5_000
READS = 100
SIZE = 50_000


def main() -> None:
    for name in sys.argv[1:] or ["sqlite", "postgres"]:
        if name == "postgres" and not INITDB:
            print("postgres: SKIPPED, it is not installed")
            continue
        with tempfile.TemporaryDirectory() as folder, running(name, Path(folder)) as found:
            product, sandbox = found
            bruno = product.make_teacher("bruno", PASSWORD)
            product.make_teacher("ana", PASSWORD)
            alone(name, product, sandbox)
            behind(name, product, sandbox, FEW, bruno)
            behind(name, product, sandbox, MANY, bruno)
            print(f"{name}: a batch of {BATCH}: {fill(product, 'batch', BATCH)}")


@contextmanager
def running(name: str, folder: Path) -> Iterator[tuple[Product, SandboxProcess]]:
    postgres = Postgres() if name == "postgres" else None
    sandbox = SandboxProcess(folder / "sandbox")
    product = Product(
        folder,
        **sandbox.environment(proxied=False),
        **({"DATABASE_URL": postgres.url} if postgres else {}),
        MAX_CONCURRENT_DOWNLOADS=str(SLOTS),
        LOG_LEVEL="ERROR",
    )
    try:
        product.start()
        yield product, sandbox
    finally:
        product.close()
        sandbox.close()
        if postgres:
            postgres.close()


def fill(product: Product, *words: object) -> str:
    done = subprocess.run(
        [PYTHON, "benchmarks/inside/fill.py", *map(str, words)],
        cwd=ROOT,
        env=product.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def first_byte(sandbox: SandboxProcess, seed: str) -> float | None:
    """When the host was first asked for it."""
    asked = [one["started"] for one in sandbox.log() if f"/{seed}/" in one["url"]]
    return min(asked) if asked else None


def alone(name: str, product: Product, sandbox: SandboxProcess) -> None:
    """One at a time on an idle system, from sending the POST to the request at the host."""
    waits, answers = [], []
    for number in range(ALONE + 3):
        seed = f"{name}alone{number}"
        began = time.time()
        made = product.queue(sandbox.unique_url(seed, SIZE))["id"]
        answers.append(time.time() - began)
        assert product.ended(made)["status"] == "completed"
        waits.append((first_byte(sandbox, seed) or 0) - began)
        time.sleep(0.3)
    del waits[:3], answers[:3]
    print(
        f"{name}: POST to first request at the host, idle: {spread(waits)}; "
        f"of that the answer to the POST: {spread(answers)}"
    )


def behind(name: str, product: Product, sandbox: SandboxProcess, number: int, bruno: str) -> None:
    """Behind so many of somebody else, of which four run all the time."""
    slow = sandbox.unique_url(f"{name}crowd{number}nNUMBER", 1_000_000, 200_000)
    fill(product, "queue", number, slow)
    eventually(lambda: total(product, "running") == SLOTS, within=60, message="all slots taken")
    seed = f"{name}behind{number}"
    began = time.time()
    his = {"Authorization": f"Bearer {bruno}"}
    url = sandbox.unique_url(seed, SIZE)
    answer = product.call("POST", "/downloads", json={"url": url}, headers=his)
    assert answer.status_code == 201, answer.text
    while first_byte(sandbox, seed) is None and time.time() - began < 120:
        time.sleep(0.05)
    waited = (first_byte(sandbox, seed) or 0) - began
    print(f"{name}: Bruno's one behind {number} of Ana's begins after {waited:.1f} s")
    visitor = Visitor(product.url)
    visitor.sign_in("ana", PASSWORD)
    ways = {
        "API list": lambda: product.call("GET", "/downloads?limit=50"),
        "dashboard": lambda: visitor.get("/"),
        "page of downloads": lambda: visitor.get("/downloads"),
    }
    assert total(product, "queued") > 0.9 * number - SLOTS, "they still wait"
    for way, ask in ways.items():
        print(f"{name}: with {number} waiting, {way}: {spread(reads(ask))}")
    product.manage("shell", "-c", _EMPTY)


_EMPTY = """
from downloads.models import Download
from core.models import Status
many = Download.objects.filter(url__contains="crowd")
many.filter(status=Status.QUEUED).delete()
import time
while many.filter(status=Status.RUNNING).exists():
    time.sleep(0.5)
many.delete()
"""


def total(product: Product, status: str) -> int:
    return int(product.call("GET", f"/downloads?status={status}&limit=1").json()["total"])


def reads(ask: Callable[[], requests.Response]) -> list[float]:
    taken = []
    for _ in range(READS):
        began = time.monotonic()
        answer = ask()
        taken.append(time.monotonic() - began)
        assert answer.status_code == 200, answer.text
    return taken


def spread(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    return f"median {1000 * statistics.median(ordered):.0f} ms, p95 {1000 * p95:.0f} ms"


if __name__ == "__main__":
    main()
