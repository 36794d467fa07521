"""One working folder has one live child, and the latest run is the one that keeps it."""

import fcntl
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from core.children import client, workdir
from core.tests.children import eventually, group_of, hear, is_gone, is_running, last, pid_of
from core.tests.conftest import ENTRIES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "work"


def hold(folder: Path, **written: object) -> subprocess.Popen[bytes]:
    """Another process that holds the folder in a group of its own."""
    code = (
        "import os, sys, time; from pathlib import Path; from core.children import workdir\n"
        "os.setsid(); workdir.claim(Path(sys.argv[1]), int(sys.argv[2]))\n"
        "print('held', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder), str(written.pop("run", 0))],
        stdout=subprocess.PIPE,
        cwd=client.ROOT,
    )
    assert process.stdout
    process.stdout.readline()
    if written:
        lock = folder / workdir.LOCK
        lock.write_text(json.dumps(json.loads(lock.read_text()) | written))
    return process


@pytest.fixture
def end():
    """Processes to be ended with the test."""
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in processes:
        process.kill()
        process.communicate()


def test_a_leftover_of_an_earlier_run_is_killed(fork_socket: Path, folder: Path, sleeper: str):
    job = {"workdir": str(folder), "sleeper": sleeper, "run": 1}
    old = client.launch(fork_socket, f"{ENTRIES}:sleep", job)
    hear(old, "sleeping")
    os.killpg(
        pid_of(old), signal.SIGSTOP
    )  # past its lease: it still believes the folder is its own

    new = client.launch(
        fork_socket, f"{ENTRIES}:say", {"workdir": str(folder), "texts": ["mine"], "run": 2}
    )

    assert last(new)["text"] == "mine"
    assert is_gone(pid_of(old), seconds=1)
    assert group_of(pid_of(old)) == []
    old.kill()


def test_an_earlier_run_does_not_end_a_later_one(fork_socket: Path, folder: Path, sleeper: str):
    job = {"workdir": str(folder), "sleeper": sleeper, "run": 2}
    new = client.launch(fork_socket, f"{ENTRIES}:sleep", job)
    hear(new, "sleeping")

    late = client.launch(
        fork_socket, f"{ENTRIES}:say", {"workdir": str(folder), "texts": ["late"], "run": 1}
    )

    refused = last(late)
    assert (refused["event"], refused["busy"]) == ("failed", True)
    assert is_running(pid_of(new))
    new.kill()


@pytest.mark.parametrize("elsewhere", [{"host": "another-machine"}, {"namespace": 1}])
def test_a_holder_on_another_machine_is_left_alone(folder: Path, end, elsewhere):
    end.append(hold(folder, **elsewhere))

    with pytest.raises(workdir.Busy, match="held by process"):
        workdir.claim(folder, run=5)

    assert is_running(end[0].pid)


def test_a_number_that_now_is_another_process_is_left_alone(folder: Path, end):
    end.append(hold(folder, started="1"))

    with pytest.raises(workdir.Busy):
        workdir.claim(folder, run=5, patience=0.2)

    assert is_running(end[0].pid)


def test_a_holder_without_a_name_is_waited_for(folder: Path):
    folder.mkdir()
    with (folder / workdir.LOCK).open("w") as nameless:
        fcntl.flock(nameless, fcntl.LOCK_EX)
        with pytest.raises(workdir.Busy):
            workdir.claim(folder, patience=0.1)

    os.close(workdir.claim(folder))


def test_the_folder_is_free_again_after_its_holder_died(folder: Path, end):
    end.append(hold(folder))
    end[0].kill()
    end[0].wait()

    os.close(workdir.claim(folder))


def test_programs_of_the_child_do_not_hold_the_folder(
    fork_socket: Path, folder: Path, sleeper: str
):
    job = {"workdir": str(folder), "sleeper": sleeper}
    child = client.launch(fork_socket, f"{ENTRIES}:sleep", job)
    program = hear(child, "sleeping")[-1]["program"]

    lock = str(folder / workdir.LOCK)

    def holds_none() -> bool:
        """Once it has become the program, which closes what is not meant for it."""
        return all(file.path != lock for file in psutil.Process(program).open_files())

    assert eventually(holds_none)
    child.kill()
