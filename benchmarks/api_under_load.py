"""Latency of the list of downloads on SQLite: idle, and while 10 downloads run."""

import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from classroom_site.tests.product import Product, SandboxProcess, eventually

CLIENTS = 4
SECONDS = 20.0


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sandbox = SandboxProcess(folder / "sandbox")
        product = Product(folder, **sandbox.environment(proxied=False))
        try:
            product.start()
            product.make_teacher()
            for number in range(40):
                product.queue(sandbox.unique_url(f"past{number}", 100_000))
            eventually(lambda: not active(product), within=60)
            report("idle", measure(product))
            for number in range(10):
                product.queue(sandbox.unique_url(f"long{number}", 30_000_000, 1_000_000))
            eventually(lambda: active(product) == 10, within=30)
            report("10 downloads", measure(product))
            locked = product.log.read_text().count("database is locked")
            print(f"«database is locked»: {locked}")
        finally:
            product.close()
            sandbox.close()


def active(product: Product) -> int:
    states = ("queued", "running")
    return sum(
        int(product.call("GET", f"/downloads?status={state}&limit=1").json()["total"])
        for state in states
    )


def measure(product: Product) -> list[float]:
    """Seconds of every request that `CLIENTS` threads made, one after the other."""
    taken: list[float] = []
    until = time.monotonic() + SECONDS

    def ask() -> None:
        while time.monotonic() < until:
            began = time.monotonic()
            answer = product.call("GET", "/downloads")
            assert answer.status_code == 200, answer.text
            taken.append(time.monotonic() - began)

    threads = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(taken)


def report(name: str, taken: list[float]) -> None:
    def at(share: float) -> float:
        return 1000 * taken[min(int(share * len(taken)), len(taken) - 1)]

    print(
        f"{name}: {len(taken) / SECONDS:.0f} requests/s, "
        f"p50 {at(0.5):.0f} ms, p95 {at(0.95):.0f} ms, p99 {at(0.99):.0f} ms"
    )


if __name__ == "__main__":
    main()
