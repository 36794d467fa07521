"""Worker nodes besides the one that `serve` starts, and a look into the database behind them."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

from classroom_site.tests.product import ROOT, Product


class Nodes:
    """`manage.py worker`, as often as wanted."""

    def __init__(self) -> None:
        self._started: list[subprocess.Popen[Any]] = []
        self.logs: list[Path] = []

    def start(self, product: Product, **environment: str) -> None:
        self.logs.append(product.folder / f"node{len(self.logs)}.log")
        with self.logs[-1].open("w") as log:
            node = subprocess.Popen(
                [sys.executable, "manage.py", "worker"],
                cwd=ROOT,
                env=product.environment | environment,
                stdout=log,
                stderr=log,
            )
        self._started.append(node)

    def stop(self) -> None:
        """All at once; each ends well and in time."""
        for node in self._started:
            node.send_signal(signal.SIGTERM)
        assert [node.wait(20) for node in self._started] == [0] * len(self._started)


def query(product: Product, sql: str) -> list[tuple[Any, ...]]:
    if url := product.environment.get("DATABASE_URL"):
        with psycopg.connect(url) as database:
            return database.execute(sql).fetchall()
    path = next(Path(product.environment["DATA_DIR"]).rglob("*.sqlite3"))
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as lite:
        return lite.execute(sql).fetchall()


def alive(product: Product) -> int:
    """Nodes that have said lately that they live."""
    return int(query(product, "SELECT count(*) FROM core_workerheartbeat")[0][0])
