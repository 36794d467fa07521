"""Running the real engine in tests: a job for an address, the events that come of it."""

import contextlib
import os
import select
import signal
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from accounts.google.endpoints import endpoints
from core.children import client
from core.children.client import Child
from core.tests.children import Event, eventually, hear, is_gone, measured, pid_of
from sandbox.playground import Sandbox

ENTRY = "downloads.engines.child:run"
YOUTUBE = "https://www.youtube.com/watch?v="
VIDEOS = "http://videos.example"
BAD = "http://bad.example"


class Fetcher:
    """One working folder; every run of it is as one run of the same download."""

    def __init__(self, sandbox: Sandbox, socket: Path, tools_dir: Path, workdir: Path) -> None:
        self.sandbox = sandbox
        self.workdir = workdir
        self._socket = socket
        self._tools_dir = tools_dir
        self._children: list[Child] = []
        self.answer: Callable[[Event], Event] = _refuse_to_answer

    def job(self, url: str, source: str = "web", **over: Any) -> dict[str, Any]:
        """Impatient, so that failures come soon; through the proxy unless `network` is given."""
        proxy = {"allowed": [], "proxy": self.sandbox.proxy, "ca_file": self.sandbox.ca_file}
        limits = {"file_bytes": 60 << 20, "retries": 1, "retry_seconds": 0.01}
        return {
            "kind": "video",
            "drive": None,
            "google": asdict(endpoints(self.sandbox.origin)),
            "url": url,
            "source": source,
            "workdir": str(self.workdir),
            "writable": measured(),
            "tools_dir": str(self._tools_dir),
            "fingerprint": f"{url} {over.get('quality')} {over.get('format')}",
            "quality": "best",
            "format": "auto",
            "audio_only": False,
            "subtitles": True,
            "max_bytes": 50 << 20,
            "max_seconds": 3600,
            "expression": "",
            "network": proxy,
            **over,
            "limits": {**limits, "socket_seconds": 2, **over.get("limits", {})},
        }

    def launch(self, url: str, source: str = "web", **over: Any) -> Child:
        self.workdir.mkdir(parents=True, exist_ok=True)
        child = client.launch(self._socket, ENTRY, self.job(url, source, **over))
        self._children.append(child)
        return child

    def events(self, url: str, source: str = "web", **over: Any) -> list[Event]:
        return self.hear(self.launch(url, source, **over))

    def hear(self, child: Child, until: str = "", *, seconds: float = 30) -> list[Event]:
        """As `core.tests.children.hear`, but what it asks is answered."""
        heard: list[Event] = []
        deadline = time.monotonic() + seconds
        while not child.ended:
            left = deadline - time.monotonic()
            assert left > 0, f"no {until or 'end'} within {seconds} s, but {heard}"
            select.select([child], [], [], left)
            for event in child.read():
                heard.append(event)
                if event["event"] == "ask":
                    child.send(self.answer(event))
            if until and any(event["event"] == until for event in heard):
                return heard
        child.kill()
        return heard

    def done(self, url: str, source: str = "web", **over: Any) -> Event:
        event = self.events(url, source, **over)[-1]
        assert event["event"] == "done", event
        return event

    def failed(self, url: str, source: str = "web", **over: Any) -> Event:
        """A failure leaves nothing that could be taken for a result."""
        event = self.events(url, source, **over)[-1]
        assert event["event"] == "failed", event
        assert self.published() == {}
        return event

    def published(self) -> dict[str, int]:
        """Names and sizes of what would go into the library."""
        folder = self.workdir / "publish"
        return {path.name: path.stat().st_size for path in folder.glob("*")}

    def partial_bytes(self) -> int:
        """Files come and go while they are counted."""
        total = 0
        for path in (self.workdir / "temp").glob("part-*"):
            with contextlib.suppress(FileNotFoundError):
                total += path.stat().st_size
        return total

    def kill_when(self, child: Child, size: int) -> None:
        """kill -9 of the whole group as soon as so much lies on disk."""
        hear(child, "started")
        assert eventually(lambda: self.partial_bytes() >= size, seconds=15)
        os.killpg(pid_of(child), signal.SIGKILL)
        assert is_gone(pid_of(child))

    def direct(self) -> dict[str, Any]:
        """Without a proxy: the sandbox's own address is the one that is allowed."""
        return {"allowed": [self.sandbox.address], "proxy": "", "ca_file": ""}

    def close(self) -> None:
        for child in self._children:
            child.kill()


def _refuse_to_answer(question: Event) -> Event:
    raise AssertionError(f"nobody expected it to ask {question}")
