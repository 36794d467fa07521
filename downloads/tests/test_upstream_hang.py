"""An extractor that loops and hears no signal is ended at the wall limit, and its slot is free."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from core import storage
from core.children import client
from core.children.client import Child, ForkServer
from core.jobs import node
from core.jobs.kind import Event, Run
from core.jobs.runner import Runner
from core.models import Status
from core.tests.children import measured
from downloads.models import Download
from downloads.services.running import DownloadKind
from downloads.tests.build import make_download

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

WALL_SECONDS = 2.0


class Hanging(DownloadKind):
    """Downloads whose children do nothing but hang."""

    def __init__(self, socket: Path, sleeper: Path) -> None:
        super().__init__()
        self.wall_seconds, self.stall_seconds = WALL_SECONDS, 600
        self._socket, self._sleeper = socket, sleeper
        self.pids: list[int] = []

    def launch(self, job: Download) -> Child:
        told = {
            "workdir": str(storage.partial_folder(job.folder)),
            "writable": measured(),
            "network": {"allowed": [], "proxy": "", "ca_file": ""},
            "limits": {"file_bytes": 1 << 20},
            "sleeper": str(self._sleeper),
        }
        return client.launch(self._socket, entry="downloads.tests.hanging:hang", job=told)

    def apply(self, run: Run[Download], event: Event) -> dict[str, Any]:
        if event["event"] == "stage":
            self.pids += [run.child.pid or 0, event["program"]]
        return super().apply(run, event)


@pytest.fixture
def kind(tmp_path) -> Iterator[Hanging]:
    node.start()
    folder = Path(tempfile.mkdtemp(prefix="cd-"))
    sleeper = tmp_path / "programs" / "deno"
    sleeper.parent.mkdir()
    sleeper.symlink_to(shutil.which("sleep") or "sleep")
    server = ForkServer(folder / "children.sock", ["downloads.tests.hanging"])
    server.start()
    yield Hanging(folder / "children.sock", sleeper)
    server.stop()
    shutil.rmtree(folder)


def test_two_deaf_children_in_one_slot_are_ended_one_after_the_other(kind, ana):
    made = [make_download(owner=ana) for _ in range(2)]
    began = time.monotonic()

    Runner(kind, slots=1).drain()

    took = time.monotonic() - began
    for download in made:
        download.refresh_from_db()
        assert (download.status, download.error_code) == (Status.FAILED, "limit.time")
        assert download.attempt == 1
    assert len(kind.pids) == 4
    assert [pid for pid in kind.pids if runs(pid)] == []
    assert 2 * WALL_SECONDS <= took < 2 * (WALL_SECONDS + 10)
    assert not any(storage.partial_folder(download.folder).exists() for download in made)


def runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
