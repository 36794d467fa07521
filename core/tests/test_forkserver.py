"""The fork server of a node follows the yt-dlp that is in use, and never stays away for it."""

from importlib.metadata import version

import psutil
import pytest

from core import upgrades
from core.jobs import node
from core.jobs.forkserver import NodeForkServer


@pytest.fixture
def installed() -> str:
    return version("yt-dlp")


@pytest.fixture
def server(settings, tmp_path):
    settings.YTDLP_DIR = tmp_path
    settings.JOB_PRELOAD = []
    made = NodeForkServer()
    made.start()
    yield made
    made.stop()


def path_of(server: NodeForkServer) -> str:
    return str(psutil.Process(server.pid).environ().get("PYTHONPATH", ""))


def add(folder, name: str, content: str = ""):
    (folder / name).mkdir()
    (folder / name / "sitecustomize.py").write_text(content)
    return folder / name


def test_it_starts_anew_once_another_version_is_chosen(server, tmp_path, installed):
    first = server.pid
    server.look_after()
    assert (server.pid, path_of(server)) == (first, "")

    newer = add(tmp_path, "2099.1.1")
    upgrades.switch(tmp_path, "2099.1.1", installed=installed)
    server.look_after()
    second = server.pid
    assert second != first
    assert path_of(server).split(":")[0] == str(newer)
    server.look_after()
    assert server.pid == second

    upgrades.roll_back(tmp_path)
    server.look_after()
    assert path_of(server) == ""


def test_a_version_it_cannot_start_with_is_left_out(server, tmp_path, installed, settings):
    add(tmp_path, "2099.1.1")
    (tmp_path / "2099.1.1" / "selectors.py").write_text("raise SystemExit(3)\n")
    upgrades.switch(tmp_path, "2099.1.1", installed=installed)
    server.look_after()
    kept = server.pid
    assert path_of(server) == ""
    server.look_after()
    assert server.pid == kept
    assert upgrades.active(tmp_path, installed=installed) is None  # the node says what it uses


def test_a_dead_one_is_replaced(server):
    dead = psutil.Process(server.pid)
    dead.kill()
    dead.wait(5)
    server.look_after()
    assert server.pid != dead.pid
    assert node.children_socket().exists()
