"""A PostgreSQL server of a test's own, to be stopped and started."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from classroom_site.tests.product import free_port

_PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
INITDB = shutil.which("initdb", path=os.pathsep.join([os.environ["PATH"], *map(str, _PLACES)]))
# It refuses to run as root.
_USER = "postgres" if os.geteuid() == 0 else None


class Postgres:
    def __init__(self) -> None:
        assert INITDB
        self._programs = Path(INITDB).parent
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="postgres-", dir="/tmp"))
        if _USER:
            shutil.chown(self.folder, _USER)
        self._run("initdb", "--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8")
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        self.start()

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(
            [str(self._programs / program), "-D", str(self.folder / "data"), *words],
            cwd=self.folder,
            user=_USER,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """At once: connections break, nothing is written any more."""
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def close(self) -> None:
        if (self.folder / "data" / "postmaster.pid").exists():
            self.stop()
        for _ in range(20):
            shutil.rmtree(self.folder, ignore_errors=True)
            if not self.folder.exists():
                return
            time.sleep(0.2)
