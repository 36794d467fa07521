"""Milliseconds from a change in a worker to the message on an open socket, and 3 s polling beside.

The baseline is what polling every 3 s would take: half its period, on average.
"""

import asyncio
import json
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import websockets

from classroom_site.tests.product import Product, SandboxProcess

DOWNLOADS = 8
POLLING_MS = 1500.0


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sandbox = SandboxProcess(folder / "sandbox")
        product = Product(folder, **sandbox.environment(proxied=False))
        try:
            product.start()
            key = product.make_teacher()
            made = [
                product.queue(sandbox.unique_url(f"live{number}", 1_500_000, 150_000))["id"]
                for number in range(DOWNLOADS)
            ]
            taken = sorted(asyncio.run(listen_to_all(product, key, made)))
            middle, late = taken[len(taken) // 2], taken[int(0.95 * len(taken))]
            print(
                f"{len(taken)} messages of {DOWNLOADS} downloads: p50 {middle:.0f} ms, "
                f"p95 {late:.0f} ms; polling every 3 s: {POLLING_MS / middle:.0f} times that"
            )
        finally:
            product.close()
            sandbox.close()


async def listen_to_all(product: Product, key: str, made: list[int]) -> list[float]:
    found = await asyncio.gather(*(listen(product, key, number) for number in made))
    return [latency for latencies in found for latency in latencies]


async def listen(product: Product, key: str, download_id: int) -> list[float]:
    """Latencies in ms of every message after the snapshot, until the download has ended."""
    url = f"{product.url.replace('http', 'ws')}/ws/downloads/{download_id}"
    taken: list[float] = []
    async with websockets.connect(
        url, additional_headers={"Authorization": f"Bearer {key}"}
    ) as socket:
        await socket.recv()
        await socket.recv()
        async for text in socket:
            message = json.loads(text)
            sent = datetime.fromisoformat(message["timestamp"]).timestamp()
            taken.append(1000 * (time.time() - sent))
            if message["data"].get("status") in {"completed", "failed"}:
                return taken
    return taken


if __name__ == "__main__":
    main()
