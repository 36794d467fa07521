"""The product as an operator starts it: `manage.py serve` in a folder of its own, on a free port.

Used by the tests that need the real thing (browser, kill loops, commands) and by the benchmarks.
"""

import contextlib
import hashlib
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import psutil
import requests

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(
    what: Callable[[], Any], *, within: float, every: float = 0.2, message: str = ""
) -> Any:
    """The first true answer of `what`, or an AssertionError with the last one."""
    deadline = time.monotonic() + within
    while True:
        answer = what()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"{message or what} not within {within} s; last: {answer!r}")
        time.sleep(every)


class SandboxProcess:
    """`python -m sandbox`, apart from the tests so that it cannot slow them."""

    def __init__(self, folder: Path, *words: str) -> None:
        self._process = subprocess.Popen(
            [PYTHON, "-m", "sandbox", "--folder", str(folder), "--die-with-parent", *words],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert self._process.stdout is not None
        hosts = json.loads(self._process.stdout.readline())
        self.proxy: str = hosts["proxy"]
        self.origin: str = hosts["origin"]
        self.ca_file: str = hosts["ca_file"]
        self.endpoint = self.origin.removeprefix("http://")
        self.pid = self._process.pid

    def environment(self, *, proxied: bool) -> dict[str, str]:
        """What points the product here: as its proxy, or as one allowed private endpoint."""
        if proxied:
            return {"OUTBOUND_PROXY": self.proxy, "OUTBOUND_CA_FILE": self.ca_file}
        return {"ALLOWED_PRIVATE_ENDPOINTS": self.endpoint}

    def google(self) -> dict[str, str]:
        """What makes the product take this for Google."""
        return {
            "GOOGLE_ROOT_URL": self.origin,
            "GOOGLE_CLIENT_ID": "sandbox-client",
            "GOOGLE_CLIENT_SECRET": "sandbox-secret",
        }

    def unique_url(self, seed: str, size: int, rate: int = 0) -> str:
        """A direct mp4 of exactly `size` bytes, sent at `rate` bytes a second (0: at once)."""
        return f"{self.origin}/files/unique/{seed}/{size}.mp4" + (f"?rate={rate}" if rate else "")

    def sha256(self, seed: str, size: int) -> str:
        url = f"{self.origin}/files/unique/{seed}/{size}.mp4.sha256"
        return requests.get(url, timeout=30).text.strip()

    def log(self) -> list[dict[str, Any]]:
        return list(requests.get(f"{self.origin}/_sandbox/log", timeout=10).json()["requests"])

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()


class Product:
    """One running installation and a key to its API."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}},
            "DATA_DIR": str(folder / "var"),
            "PORT": str(self.port),
            "LEASE_SECONDS": "10",
            "RETRY_BASE_SECONDS": "0.5",
            "MIN_FREE_BYTES": "0",
            # Tests wait by asking again and again; those of the limits set some.
            "RATE_LIMIT_PER_MINUTE": "0",
            "RATE_LIMIT_READS_PER_MINUTE": "0",
            **environment,
        }
        self.media = folder / "var" / "media"
        self.log = folder / "serve.log"
        self._process: subprocess.Popen[str] | None = None
        self._key = ""

    # -- life

    def start(self, *words: str, within: float = 60) -> list[str]:
        """Start it and wait for the ready line; return what it said up to there."""
        log = self.log.open("a")
        self._process = subprocess.Popen(
            [PYTHON, "manage.py", "serve", *words],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
        log.close()
        return self._read_until_ready(within)

    def _read_until_ready(self, within: float) -> list[str]:
        lines: queue.Queue[str] = queue.Queue()
        assert self._process is not None
        assert self._process.stdout is not None
        self._reader = threading.Thread(target=_pass_on, args=[self._process.stdout, lines])
        self._reader.start()
        said: list[str] = []
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            try:
                said.append(lines.get(timeout=0.2).rstrip())
            except queue.Empty:
                assert self._process.poll() is None, self.log.read_text()[-3000:]
                continue
            if "http://" in said[-1]:
                time.sleep(0.2)
                said += [lines.get().rstrip() for _ in range(lines.qsize())]
                return said
        raise AssertionError(f"not ready in {within} s: {said} {self.log.read_text()[-3000:]}")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def tree(self) -> list[psutil.Process]:
        """Every process of it but the first."""
        try:
            return psutil.Process(self.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def lease_holder(self) -> psutil.Process:
        """A worker at work, known by the lock with which it says that it lives."""
        for process in self.tree():
            try:
                if any("/holders/" in file.path for file in process.open_files()):
                    return process
            except psutil.Error:
                continue
        raise AssertionError("no worker holds a lease")

    def marked(self) -> list[int]:
        """Pids that carry this installation's mark, whoever their parents are."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("CLASSROOM_TREE") == self.environment["DATA_DIR"]:
                    found.append(process.pid)
            except (psutil.Error, OSError):
                continue
        return found

    def stop(self, how: signal.Signals = signal.SIGTERM, *, within: float = 15) -> float:
        """End it; return the seconds that took."""
        assert self._process is not None
        began = time.monotonic()
        self._process.send_signal(how)
        self._process.wait(within)
        took = time.monotonic() - began
        self._reader.join()
        return took

    def close(self) -> None:
        if self._process is not None and self._process.poll() is None:
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        for pid in self.marked():
            with contextlib.suppress(psutil.NoSuchProcess):
                psutil.Process(pid).kill()

    # -- people

    def manage(self, *words: str, given: str = "") -> str:
        done = subprocess.run(
            [PYTHON, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def make_teacher(self, username: str = "ana", password: str = "giz-e-lousa-7") -> str:
        """A teacher with an API key for everything she may do; return the key."""
        self.manage(
            *["create_user", "--username", username, "--email", f"{username}@escola.example"],
            *["--role", "user", "--password-stdin"],
            given=password,
        )
        areas = ("downloads", "library", "courses", "credentials")
        scopes = ",".join(f"{area}:{right}" for area in areas for right in ("read", "write"))
        self._key = self.manage(
            "create_api_key", "--username", username, "--name", "tests", "--scopes", scopes
        )
        return self._key

    def twin(self, **environment: str) -> "Product":
        """The same installation and key for another process, with settings of its own."""
        twin = Product(self.folder, **environment)
        twin._key = self._key
        return twin

    # -- API

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self._key}", **options.pop("headers", {})}
        return requests.request(
            method, f"{self.url}/api/v1{path}", headers=headers, timeout=30, **options
        )

    def queue(self, url: str, **wishes: Any) -> dict[str, Any]:
        answer = self.call("POST", "/downloads", json={"url": url, **wishes})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def download(self, download_id: int) -> dict[str, Any]:
        answer = self.call("GET", f"/downloads/{download_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def downloads(self) -> list[dict[str, Any]]:
        answer = self.call("GET", "/downloads?limit=200")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["results"])

    def ended(self, download_id: int, *, within: float = 60) -> dict[str, Any]:
        """The download, once it is completed, failed or cancelled."""

        def look() -> dict[str, Any] | None:
            found = self.download(download_id)
            return found if found["status"] not in {"queued", "running"} else None

        return dict(eventually(look, within=within, message=f"end of {download_id}"))

    def stored_sha256(self, download: dict[str, Any]) -> str:
        answer = self.call("GET", f"/videos/{download['video_id']}/file")
        assert answer.status_code == 200, answer.text
        return hashlib.sha256(answer.content).hexdigest()

    # -- disk

    def partials(self) -> list[Path]:
        folder = self.media / "partial"
        return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []

    def published(self) -> Iterator[Path]:
        return (self.media / "library").rglob("video.*")


def _pass_on(stream: IO[str], lines: "queue.Queue[str]") -> None:
    """Until every process that could write to it has ended."""
    with stream:
        for line in stream:
            lines.put(line)


def memory(root: int) -> int:
    """PSS in bytes of a process and all its descendants (see proc(5), smaps_rollup)."""
    process = psutil.Process(root)
    return sum(_pss(member.pid) for member in [process, *process.children(recursive=True)])


def _pss(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    line = next((line for line in text.splitlines() if line.startswith("Pss:")), "Pss: 0 kB")
    return int(line.split()[1]) * 1024
