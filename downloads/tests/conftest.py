"""What the engine's tests run against: the sandbox's hosts and a fork server that is warm."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.children.client import ForkServer
from downloads.tests.driving import Account
from downloads.tests.fetching import Fetcher
from sandbox.playground import Sandbox


@pytest.fixture(scope="session")
def played() -> Iterator[Sandbox]:
    """The media are made once per machine and kept."""
    folder = Path(tempfile.gettempdir()) / "classroom-sandbox"
    with Sandbox(folder) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(played: Sandbox) -> Iterator[Sandbox]:
    """Every test also shows that nothing but the sandbox was asked, and that it did not fail."""
    played.reset()
    yield played
    assert played.log.errors == []


@pytest.fixture(scope="session")
def engine_socket() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="cd-"))
    server = ForkServer(folder / "engine.sock", ["downloads.engines.child"])
    server.start()
    yield folder / "engine.sock"
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def tools_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tools")


@pytest.fixture
def fetcher(
    sandbox: Sandbox, engine_socket: Path, tools_dir: Path, tmp_path: Path
) -> Iterator[Fetcher]:
    """Fetches through the sandbox as its proxy, into a folder of the test's own."""
    fetcher = Fetcher(sandbox, engine_socket, tools_dir, tmp_path / "work")
    yield fetcher
    fetcher.close()


@pytest.fixture
def account(fetcher: Fetcher) -> Account:
    """Ana's Google account, and her school's Drive."""
    fetcher.sandbox.google.clear()
    return Account(fetcher)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB, where the machine lets us make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)
