"""Memory, CPU and throughput of 1, 10 and 50 downloads at once; curl is the baseline."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psutil

from classroom_site.tests.product import (
    Product,
    SandboxProcess,
    eventually,
    memory,
)

MB = 1_000_000
ROUNDS = 3
TOTAL_BYTES = 600 * MB


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sandbox = SandboxProcess(folder / "sandbox")
        product = Product(
            folder,
            **sandbox.environment(proxied=False),
            MAX_CONCURRENT_DOWNLOADS="50",
            LOG_LEVEL="ERROR",
        )
        try:
            product.start()
            product.make_teacher()
            idle(product)
            for number in (10, 50):
                at_once(product, sandbox, number)
            for number in (1, 10, 50):
                throughput(product, sandbox, number, folder)
        finally:
            product.close()
            sandbox.close()


def idle(product: Product) -> None:
    time.sleep(3)
    before, began = cpu(product), time.monotonic()
    time.sleep(20)
    share = (cpu(product) - before) / (time.monotonic() - began)
    print(
        f"idle: {memory(product.pid) / MB:.0f} MB PSS in {len(product.tree()) + 1} processes, "
        f"{share:.1%} of one core"
    )


def at_once(product: Product, sandbox: SandboxProcess, number: int) -> None:
    """Slow transfers, so that all run together while the tree is weighed."""
    made = [
        product.queue(sandbox.unique_url(f"mem{number}-{i}", 4 * MB, 200_000))["id"]
        for i in range(number)
    ]
    eventually(lambda: running(product) == number, within=60, message=f"{number} running")
    time.sleep(3)
    before, began = cpu(product), time.monotonic()
    time.sleep(5)
    share = (cpu(product) - before) / (time.monotonic() - began)
    largest = max(process.memory_info().rss for process in product.tree())
    print(
        f"{number} at once: {memory(product.pid) / MB:.0f} MB PSS in all, largest process "
        f"{largest / MB:.0f} MB RSS, {share:.0%} of one core at {number * 0.2:.0f} MB/s"
    )
    for download_id in made:
        product.ended(download_id, within=120)


def throughput(product: Product, sandbox: SandboxProcess, number: int, folder: Path) -> None:
    """The same bytes by curl and by the product, in turn; the median ratio counts.

    The product also hashes every file and puts it on the disk, so the second baseline does too.
    """
    size = TOTAL_BYTES // number
    ratios, safe_ratios = [], []
    for turn in range(ROUNDS):
        urls = [sandbox.unique_url(f"speed{number}-{turn}-{i}", size) for i in range(number)]
        by_curl = curl(urls, folder, "curl -s -o $0 $1")
        safely = curl(urls, folder, "curl -s -o $0 $1 && sha256sum $0 && sync $0")
        began = time.monotonic()
        made = [product.queue(url)["id"] for url in urls]
        eventually(lambda: not unfinished(product), within=300, every=0.05)
        ours = time.monotonic() - began
        assert all(product.download(i)["status"] == "completed" for i in made)
        ratios.append(by_curl / ours)
        safe_ratios.append(safely / ours)
        print(
            f"  {number} x {size / MB:.0f} MB: curl {by_curl:.2f} s, "
            f"hashed and synced {safely:.2f} s, ours {ours:.2f} s"
        )
    print(
        f"{number} at once: {sorted(ratios)[ROUNDS // 2]:.2f} of curl's throughput, "
        f"{sorted(safe_ratios)[ROUNDS // 2]:.2f} of curl, sha256sum and sync"
    )


def curl(urls: list[str], folder: Path, script: str) -> float:
    began = time.monotonic()
    running = [
        subprocess.Popen(
            ["sh", "-c", script, str(folder / f"curl{i}"), url], stdout=subprocess.DEVNULL
        )
        for i, url in enumerate(urls)
    ]
    for process in running:
        process.wait()
    took = time.monotonic() - began
    for i in range(len(urls)):
        (folder / f"curl{i}").unlink()
    return took


def running(product: Product) -> int:
    answer = product.call("GET", "/downloads?status=running&limit=1").json()
    return int(answer["total"])


def unfinished(product: Product) -> int:
    waiting = product.call("GET", "/downloads?status=queued&limit=1").json()["total"]
    return int(waiting) + running(product)


def cpu(product: Product) -> float:
    total = 0.0
    for process in [psutil.Process(product.pid), *product.tree()]:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


if __name__ == "__main__":
    main()
