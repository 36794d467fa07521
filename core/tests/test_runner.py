"""The loop of a worker: each job ends by its own deeds, and none by another's."""

import socket
from threading import Thread
from typing import Any

import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

from core import storage
from core.children.client import Child
from core.children.wire import pack
from core.jobs import lifecycle, node
from core.jobs.kind import Ended, Failure, PutBack
from core.jobs.runner import Runner
from core.models import Status
from downloads.models import Download
from downloads.services import cleaning, queueing
from downloads.services.running import DownloadKind
from downloads.tests.build import make_download
from library.models import StoredFile

pytestmark = pytest.mark.django_db(transaction=True)

NO_PROCESS = 2**22 + 1  # larger than any pid


class Puppet(Child):
    """A child whose words the test puts into its mouth."""

    def __init__(self, *events: dict[str, Any], pid: int | None = NO_PROCESS) -> None:
        ours, self.theirs = socket.socketpair()
        ours.setblocking(False)
        super().__init__(ours)
        self.pid = pid
        for event in events:
            self.theirs.sendall(pack(event))

    def die(self) -> "Puppet":
        self.theirs.close()
        return self

    def kill(self) -> None:
        super().kill()
        self.theirs.close()


class Puppets(DownloadKind):
    """Downloads whose children are puppets, in the order of their ids."""

    def __init__(self, **by_id: Puppet) -> None:
        super().__init__()
        self.children = {int(key.removeprefix("d")): child for key, child in by_id.items()}

    def launch(self, job: Download) -> Child:
        return self.children[job.pk]


@pytest.fixture(autouse=True)
def this_node() -> None:
    node.start()


def done(download: Download, content: bytes = b"moving pictures") -> dict[str, Any]:
    """What a child says at the end, with the files it speaks of."""
    folder = storage.partial_folder(download.folder) / "publish"
    folder.mkdir(parents=True)
    (folder / "video.mp4").write_bytes(content)
    metadata = {
        "title": "Frações",
        "description": "",
        "uploader": "",
        "published_at": None,
        "chapters": [],
    }
    return {
        "event": "done",
        "folder": str(folder),
        "file": "video.mp4",
        "size_bytes": len(content),
        "sha256": f"{len(content):064x}",
        "container": "mp4",
        "content_type": "video/mp4",
        "duration_seconds": 1.0,
        "width": 1,
        "height": 1,
        "video_codec": "h264",
        "audio_codec": None,
        "thumbnail": None,
        "subtitles": [],
        "metadata": metadata,
    }


def failed(detail: str, **over: Any) -> dict[str, Any]:
    event = {"event": "failed", "code": "source.removed", "detail": detail, "retryable": False}
    return {**event, "retry_after": None, **over}


def drain(**children: Puppet) -> None:
    Runner(Puppets(**children), slots=10).drain()


def key_of(download: Download) -> str:
    download.refresh_from_db()
    assert download.video is not None
    return download.video.file.key


def test_what_a_child_made_is_published_and_recorded(ana):
    download = make_download(ana, title="")
    drain(**{download.folder: Puppet(done(download))})
    assert storage.path_of(key_of(download)).read_bytes() == b"moving pictures"
    assert (download.status, download.title) == ("completed", "Frações")
    assert not storage.partial_folder(download.folder).exists()


def test_a_commit_whose_answer_was_lost_costs_no_file(ana, monkeypatch):
    download = make_download(ana)
    complete, lost = lifecycle.complete, []
    commit = BaseDatabaseWrapper._commit  # type: ignore[attr-defined]

    def complete_and_arm(*args, **kwargs):
        lost.append(False)
        return complete(*args, **kwargs)

    def commit_without_answer(self):
        commit(self)
        if lost == [False]:
            lost[0] = True
            raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(lifecycle, "complete", complete_and_arm)
    monkeypatch.setattr(BaseDatabaseWrapper, "_commit", commit_without_answer)
    drain(**{download.folder: Puppet(done(download))})
    assert lost[0] is True
    assert storage.path_of(key_of(download)).read_bytes() == b"moving pictures"


@pytest.mark.parametrize("detail", ["half a letter \ud83d", "a \0 byte", "x" * 100_000])
def test_strange_words_of_one_source_fail_that_download_alone(ana, detail):
    poison, healthy = make_download(ana), make_download(ana)
    drain(
        **{poison.folder: Puppet(failed(detail)), healthy.folder: Puppet(done(healthy))},
    )
    poison.refresh_from_db()
    healthy.refresh_from_db()
    assert (poison.status, poison.error_code) == ("failed", "source.removed")
    assert (healthy.status, healthy.handed_back) == ("completed", 0)


@pytest.mark.parametrize(
    "event",
    [
        {"event": "progress"},
        {"event": "progress", "downloaded_bytes": 10**30, "total_bytes": 1, "speed": 1, "eta": 1},
        {"event": "resolved", "title": 7},
        {"event": "failed"},
    ],
)
def test_an_event_nobody_foresaw_fails_that_download_alone(ana, event):
    poison, healthy = make_download(ana), make_download(ana)
    drain(**{poison.folder: Puppet(event), healthy.folder: Puppet(done(healthy))})
    poison.refresh_from_db()
    healthy.refresh_from_db()
    assert (poison.status, poison.error_code, poison.attempt) == ("failed", "internal", 1)
    assert (healthy.status, healthy.handed_back) == ("completed", 0)


def test_a_child_that_dies_costs_an_attempt(ana):
    download = make_download(ana)
    drain(**{download.folder: Puppet().die()})
    download.refresh_from_db()
    assert (download.status, download.attempt, download.error_code) == ("queued", 1, "job.crashed")


def test_a_child_that_never_was_costs_none(ana):
    download = make_download(ana)
    drain(**{download.folder: Puppet(pid=None).die()})
    download.refresh_from_db()
    assert (download.status, download.attempt, download.handed_back) == ("queued", 0, 0)


def test_a_folder_that_is_held_elsewhere_makes_the_download_wait_uncounted(ana):
    download = make_download(ana)
    drain(**{download.folder: Puppet(failed("held", busy=True))})
    download.refresh_from_db()
    assert (download.status, download.attempt, download.handed_back) == ("queued", 0, 0)


def test_a_disk_that_wants_no_folder_fails_the_attempt(ana, settings, tmp_path, monkeypatch):
    monkeypatch.setattr("core.storage.free_bytes", lambda: 2**40)
    download = make_download(ana)
    (tmp_path / "file").touch()
    settings.MEDIA_ROOT = tmp_path / "file" / "media"
    kind = Puppets()
    kind.obstacle = lambda: ""  # type: ignore[method-assign]
    Runner(kind, slots=1).drain()
    download.refresh_from_db()
    assert (download.status, download.attempt, download.error_code) == ("queued", 1, "internal")


class Answering(Puppets):
    """Puppets whose questions are answered, or not."""

    def __init__(self, reply: Any, **by_id: Puppet) -> None:
        super().__init__(**by_id)
        self.reply = reply

    def answer(self, job: Download, question: dict[str, Any]) -> dict[str, Any]:
        if isinstance(self.reply, Exception):
            raise self.reply
        return {"for": job.pk, "reply": self.reply, "to": question["what"]}


def test_a_child_that_asks_is_answered(ana):
    download = make_download(ana)
    child = Puppet({"event": "ask", "what": "token"})
    heard: list[bytes] = []

    def die_once_answered() -> None:
        heard.append(child.theirs.recv(1000))
        child.die()

    listening = Thread(target=die_once_answered)
    listening.start()
    Runner(Answering("abc", **{download.folder: child}), slots=1).drain()
    listening.join()
    assert heard == [pack({"for": download.pk, "reply": "abc", "to": "token"})]


@pytest.mark.parametrize(
    ("problem", "outcome"),
    [
        (Ended(PutBack("needs_consent", 60)), ("queued", 0, "")),
        (Ended(Failure("credential.missing_scope")), ("failed", 1, "credential.missing_scope")),
        (OperationalError("gone"), ("queued", 0, "")),
        (ZeroDivisionError(), ("failed", 1, "internal")),
    ],
)
def test_a_question_without_an_answer_ends_the_run(ana, problem, outcome):
    download = make_download(ana)
    child = Puppet({"event": "ask", "what": "token"})
    Runner(Answering(problem, **{download.folder: child}), slots=1).drain()
    download.refresh_from_db()
    assert (download.status, download.attempt, download.error_code) == outcome
    assert child.ended


def test_a_cancelled_download_is_stopped_and_its_files_go(ana):
    download = make_download(ana)
    child = Puppet()
    runner = Runner(Puppets(**{download.folder: child}), slots=1)
    runner.holder = "worker-1"
    runner._claim()
    (storage.partial_folder(download.folder) / "video.part").write_bytes(b"half")
    queueing.cancel_download(by=ana, download=download)
    runner._beat(at_once=True)
    assert (runner.runs, child.ended) == ([], True)
    assert not storage.partial_folder(download.folder).exists()


def test_a_worker_that_leaves_hands_its_downloads_back(ana):
    download = make_download(ana)
    runner = Runner(Puppets(**{download.folder: Puppet()}), slots=1)
    runner.holder = "worker-1"
    runner._claim()
    runner._let_go()
    download.refresh_from_db()
    assert (download.status, download.attempt, download.handed_back) == ("queued", 0, 1)


def test_bytes_that_were_lost_on_the_disk_are_replaced_by_the_next_copy(ana, bruno):
    first = make_download(ana)
    drain(**{first.folder: Puppet(done(first))})
    storage.path_of(key_of(first)).unlink()
    second = make_download(bruno)
    drain(**{second.folder: Puppet(done(second))})
    assert StoredFile.objects.count() == 1
    assert storage.path_of(key_of(second)).read_bytes() == b"moving pictures"
    assert storage.path_of(key_of(first)).read_bytes() == b"moving pictures"


def test_the_sweep_takes_what_ended_downloads_left_and_nothing_else(ana):
    running = make_download(ana, status=Status.RUNNING)
    gone = make_download(ana, status=Status.FAILED)
    root = storage.partial_root()
    for name in (running.folder, gone.folder, "d999999", ".d5-abc", "lost+found", "x12"):
        (root / name).mkdir(parents=True)
    assert cleaning.sweep() == 2
    assert {path.name for path in root.iterdir()} == {running.folder, "lost+found", "x12"}
