"""The web server without workers, in a folder of its own: what is queued stays queued."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import requests

from classroom_site.tests.product import PYTHON, ROOT, Product, eventually


@contextmanager
def web_server(folder: Path, **environment: str) -> Iterator[tuple[Product, psutil.Process]]:
    """A product of which only this process runs, with the teacher ana and her key."""
    product = Product(folder, **environment)
    product.manage("migrate", "-v0")
    product.manage("collectstatic", "--noinput", "-v0")
    product.make_teacher()
    with serving(product) as process:
        yield product, process


@contextmanager
def serving(product: Product) -> Iterator[psutil.Process]:
    """Its web server alone; what it needs is there."""
    with product.log.open("w") as log:
        words = [PYTHON, "manage.py", "web", "--port", str(product.port)]
        process = subprocess.Popen(words, cwd=ROOT, env=product.environment, stderr=log)
    try:
        eventually(lambda: _lives(product), within=30)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(20)


def _lives(product: Product) -> bool:
    try:
        return requests.get(f"{product.url}/health/live", timeout=5).ok
    except requests.ConnectionError:
        return False
