"""Real children that take too long, or bring nothing: they are ended, and their slots are free."""

from pathlib import Path

import pytest

from core import storage
from core.children import client
from core.children.client import Child
from core.jobs import node
from core.jobs.runner import Runner
from core.models import Status
from core.tests.children import is_gone, measured
from core.tests.conftest import ENTRIES
from downloads.models import Download
from downloads.services.running import DownloadKind
from downloads.tests.build import make_download

pytestmark = pytest.mark.django_db(transaction=True)


class OfTheTests(DownloadKind):
    """Downloads whose children run one of the entries of the tests."""

    def __init__(self, socket: Path, entry: str, sleeper: str = "") -> None:
        super().__init__()
        self._socket, self._entry, self._sleeper = socket, entry, sleeper

    def launch(self, job: Download) -> Child:
        folder = str(storage.partial_folder(job.folder))
        order = {"workdir": folder, "writable": measured(), "sleeper": self._sleeper}
        return client.launch(self._socket, f"{ENTRIES}:{self._entry}", order)


@pytest.fixture(autouse=True)
def this_node(settings) -> None:
    node.start()
    settings.WORKER_MAX_RETRIES = 1


def test_an_extractor_that_hangs_and_hears_nothing_is_killed_with_all_it_started(
    ana, fork_socket, sleeper, monkeypatch
):
    kind = OfTheTests(fork_socket, "hang", sleeper)
    kind.wall_seconds = 1.5
    pids: list[int] = []
    end = Runner._end

    def note(runner, run, why) -> None:
        pids.extend(
            map(int, (storage.partial_folder(run.job.folder) / "pids").read_text().split())
        )
        end(runner, run, why)

    monkeypatch.setattr(Runner, "_end", note)
    download = make_download(ana)

    Runner(kind, slots=1).drain()

    download.refresh_from_db()
    assert (download.status, download.error_code) == (Status.FAILED, "limit.time")
    assert len(pids) == 2
    assert all(is_gone(pid) for pid in pids)
    assert not storage.partial_folder(download.folder).exists()


def test_a_source_that_drips_is_given_up_as_stalled(ana, fork_socket):
    kind = OfTheTests(fork_socket, "drip")
    kind.stall_seconds = 1.5
    download = make_download(ana)

    Runner(kind, slots=1).drain()

    download.refresh_from_db()
    assert (download.status, download.error_code) == (Status.FAILED, "limit.stalled")
    assert not storage.partial_folder(download.folder).exists()


def test_one_that_hangs_holds_up_no_other(ana, fork_socket, sleeper):
    kind = OfTheTests(fork_socket, "hang", sleeper)
    kind.wall_seconds = 1.0
    downloads = [make_download(ana) for _ in range(3)]

    Runner(kind, slots=1).drain()

    codes = {one.error_code for one in Download.objects.filter(id__in=[d.pk for d in downloads])}
    assert codes == {"limit.time"}
