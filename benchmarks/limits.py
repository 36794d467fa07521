"""What counting costs: reads and changes with limits, as a ratio to the same product without.

`limits.py [sqlite|postgres]`; both unless told. Two web servers with one database are asked in
turn, one with limits and one without.
"""

import statistics
import sys
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from classroom_site.tests.product import Product
from classroom_site.tests.webserver import serving

SERVER = "postgres://postgres@127.0.0.1:5432"
ROUNDS, SECONDS = 250, 4.0  # of each comparison, whichever is over first
LIMITS = {"RATE_LIMIT_PER_MINUTE": "1000000", "RATE_LIMIT_READS_PER_MINUTE": "1000000"}


def main() -> None:
    names = sys.argv[1:] or ["sqlite", "postgres"]
    with ExitStack() as stack:
        databases = {name: database(stack, name) for name in names}
        with ThreadPoolExecutor() as pool:
            pairs = pool.map(lambda name: prepared(stack, databases[name]), names)
        for name, pair in zip(names, pairs, strict=True):
            compare(name, "read", "GET", "/downloads", *pair)
            compare(name, "change", "POST", "/downloads/queue/resume", *pair)


def database(stack: ExitStack, name: str) -> dict[str, str]:
    if name == "sqlite":
        return {}
    made = f"limits_{uuid.uuid4().hex[:8]}"
    admin = stack.enter_context(psycopg.connect(f"{SERVER}/postgres", autocommit=True))
    admin.execute(f'CREATE DATABASE "{made}"')
    stack.callback(admin.execute, f'DROP DATABASE "{made}" WITH (FORCE)')
    return {"DATABASE_URL": f"{SERVER}/{made}"}


def prepared(stack: ExitStack, database: dict[str, str]) -> list[Product]:
    """One without limits and one that counts, both running."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    without = Product(folder, **database)
    without.manage("migrate", "-v0")
    without.make_teacher()
    pair = [without, without.twin(**database, **LIMITS)]
    for product in pair:
        stack.enter_context(serving(product))
    assert "RateLimit-Limit" not in without.call("GET", "/downloads").headers
    assert "RateLimit-Limit" in pair[1].call("GET", "/downloads").headers
    return pair


def compare(name: str, what: str, method: str, path: str, *products: Product) -> None:
    taken: list[list[float]] = [[], []]
    until = time.monotonic() + SECONDS
    for number in range(ROUNDS):
        if time.monotonic() > until:
            break
        for which in (0, 1) if number % 2 else (1, 0):
            taken[which].append(ask(products[which], method, path))
    plain, counted = (statistics.median(times) for times in taken)
    print(
        f"{name}: a {what} {1000 * plain:.2f} ms without, {1000 * counted:.2f} ms with limits: "
        f"ratio {counted / plain:.2f}"
    )


def ask(product: Product, method: str, path: str) -> float:
    body: dict[str, Any] = {"json": {}} if method == "POST" else {}
    began = time.perf_counter()
    answer = product.call(method, path, **body)
    assert answer.ok, answer.text
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
