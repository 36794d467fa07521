"""A fork server for the tests of this folder, shared by all that do not end it."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.children.client import ForkServer

ENTRIES = "core.tests.child_entries"


@pytest.fixture(scope="session")
def socket_folder() -> Iterator[Path]:
    """Short, because the path of a unix socket must be."""
    folder = Path(tempfile.mkdtemp(prefix="cd-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def fork_socket(socket_folder: Path) -> Iterator[Path]:
    server = ForkServer(socket_folder / "children.sock", [ENTRIES])
    server.start()
    yield socket_folder / "children.sock"
    server.stop()


@pytest.fixture
def sleeper(tmp_path: Path) -> str:
    """`sleep` under a name that children may start."""
    program = tmp_path / "programs" / "deno"
    program.parent.mkdir()
    program.symlink_to(shutil.which("sleep") or "sleep")
    return str(program)
