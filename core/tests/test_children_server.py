"""A fork server runs jobs in children that can be ended at once and outlive the server."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.children import client
from core.children.client import ForkServer
from core.children.server import Server
from core.children.wire import Lines
from core.tests.children import (
    eventually,
    group_of,
    hear,
    is_gone,
    is_running,
    last,
    lose,
    pid_of,
)
from core.tests.conftest import ENTRIES


@pytest.fixture
def own_server(tmp_path_factory, socket_folder: Path):
    """One that the test may end."""
    server = ForkServer(socket_folder / "own.sock", [ENTRIES])
    server.start()
    yield server
    server.stop()


def test_a_child_announces_itself_then_says_what_it_has_to_say(fork_socket: Path):
    child = client.launch(fork_socket, f"{ENTRIES}:say", {"texts": ["one", "dois ç"]})

    heard = hear(child)

    assert heard[0] == {"event": "started", "pid": child.pid}
    assert heard[1:] == [
        {"event": "said", "text": "one"},
        {"event": "said", "text": "dois ç"},
    ]
    assert child.ended


def test_a_child_gets_an_answer_to_each_of_its_questions(fork_socket: Path):
    child = client.launch(fork_socket, f"{ENTRIES}:ask", {"questions": ["where", "when"]})
    told: list[object] = []

    def answer_all() -> bool:
        for event in child.read():
            told.append(event.get("what") or event.get("text"))
            if event["event"] == "ask":
                child.send({"text": f"{event['what']} é aqui"})
        return child.ended

    eventually(answer_all)
    child.kill()
    assert told[1:] == ["where", "where é aqui", "when", "when é aqui"]


def test_an_answer_to_a_child_that_is_gone_harms_nobody(fork_socket: Path):
    child = client.launch(fork_socket, f"{ENTRIES}:say", {"texts": []})
    hear(child)

    child.send({"text": "too late"})

    assert child.ended


def test_text_that_is_no_text_arrives_too(fork_socket: Path):
    child = client.launch(fork_socket, f"{ENTRIES}:say", {"texts": ["half \ud83d", "nul \x00"]})

    assert [event.get("text") for event in hear(child)[1:]] == ["half \ud83d", "nul \x00"]


def test_a_job_that_raises_is_an_internal_failure(fork_socket: Path):
    child = client.launch(fork_socket, f"{ENTRIES}:fail", {})

    assert last(child) == {
        "event": "failed",
        "code": "internal",
        "detail": "RuntimeError: the dog ate it",
        "retryable": True,
        "retry_after": None,
        "busy": False,
    }


def test_its_traceback_is_logged_under_the_run_without_secrets(
    socket_folder: Path, tmp_path: Path, capfd
):
    server = ForkServer(socket_folder / "logged.sock", [ENTRIES])
    server.start()
    job = {"workdir": str(tmp_path / "d42"), "run": 3, "words": "token=abcdef123456"}
    (tmp_path / "d42").mkdir()

    hear(client.launch(socket_folder / "logged.sock", f"{ENTRIES}:fail_with", job))
    server.stop()

    said = capfd.readouterr().err
    assert "d42-3 broke" in said
    assert "Traceback" in said
    assert "in fail_with" in said
    assert "abcdef123456" not in said


def test_what_no_database_takes_is_no_part_of_a_failure(fork_socket: Path):
    child = client.launch(fork_socket, f"{ENTRIES}:fail_oddly", {})

    assert last(child)["detail"] == "RuntimeError: ab[31m?"


def test_a_job_that_needs_too_much_memory_fails_for_good(fork_socket: Path):
    child = client.launch(fork_socket, f"{ENTRIES}:hoard", {"bytes": 2 << 30})

    failed = last(child)
    assert (failed["code"], failed["retryable"]) == ("limit.size", False)


def test_a_job_may_have_a_gigabyte(fork_socket: Path):
    child = client.launch(fork_socket, f"{ENTRIES}:hoard", {"bytes": 1 << 30})

    assert last(child)["event"] == "allowed"


@pytest.mark.parametrize("waits", [True, False])
def test_a_server_that_cannot_fork_hands_the_job_back(socket_folder: Path, monkeypatch, waits):
    def refuse() -> int:
        raise BlockingIOError("Resource temporarily unavailable")

    path = socket_folder / "full.sock"
    server = Server(path)
    monkeypatch.setattr(os, "fork", refuse)
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(path))
        if not waits:
            caller.close()
        server._accept()
        if waits:
            (failed,) = Lines().feed(caller.recv(4096))
            assert (failed["event"], failed["busy"]) == ("failed", True)
    for end in (server._listener, server._woken, server._wakes, server._selector):
        end.close()


def test_an_unknown_entry_is_an_internal_failure(fork_socket: Path):
    child = client.launch(fork_socket, "no.such.module:run", {})

    assert last(child)["code"] == "internal"


def test_a_child_that_is_killed_just_ends(fork_socket: Path):
    child = client.launch(fork_socket, f"{ENTRIES}:die", {})

    assert [event["event"] for event in hear(child)] == ["started"]
    assert child.ended


def test_kill_ends_the_child_and_the_programs_it_started(fork_socket: Path, sleeper: str):
    child = client.launch(fork_socket, f"{ENTRIES}:sleep", {"sleeper": sleeper})
    program = hear(child, "sleeping")[-1]["program"]

    child.kill()

    assert child.ended
    assert child.fileno() == -1
    assert is_gone(program)
    assert is_gone(pid_of(child))
    child.kill()  # a second time changes nothing


def test_kill_ends_a_child_that_is_stopped(fork_socket: Path, sleeper: str):
    child = client.launch(fork_socket, f"{ENTRIES}:sleep", {"sleeper": sleeper})
    hear(child, "sleeping")
    os.killpg(pid_of(child), signal.SIGSTOP)

    child.kill()

    assert is_gone(pid_of(child))
    eventually(lambda: group_of(pid_of(child)) == [])


def test_a_child_whose_caller_is_gone_ends_with_all_its_programs(fork_socket: Path, sleeper: str):
    child = client.launch(fork_socket, f"{ENTRIES}:sleep", {"sleeper": sleeper})
    program = hear(child, "sleeping")[-1]["program"]

    lose(child)

    assert is_gone(program)
    assert is_gone(pid_of(child))


def test_what_a_dead_child_leaves_behind_is_ended(fork_socket: Path, sleeper: str):
    child = client.launch(fork_socket, f"{ENTRIES}:die_beside_a_program", {"sleeper": sleeper})
    program = hear(child)[-1]["program"]

    assert is_gone(program, seconds=2)


def test_kill_after_the_end_touches_nobody(fork_socket: Path, monkeypatch):
    child = client.launch(fork_socket, f"{ENTRIES}:say", {"texts": []})
    hear(child, "started")
    assert eventually(child._hung_up)
    monkeypatch.setattr(os, "killpg", lambda *_: pytest.fail("that number may be another's"))

    child.kill()

    assert child.ended


def test_children_outlive_the_server(own_server: ForkServer, socket_folder: Path, sleeper: str):
    child = client.launch(socket_folder / "own.sock", f"{ENTRIES}:sleep", {"sleeper": sleeper})
    program = hear(child, "sleeping")[-1]["program"]

    os.kill(pid_of(own_server), signal.SIGKILL)

    assert eventually(lambda: not own_server.alive())
    time.sleep(0.2)
    assert is_running(pid_of(child))
    assert is_running(program)
    child.kill()
    assert is_gone(program)


def test_stopping_the_server_lets_children_go_on(
    own_server: ForkServer, socket_folder: Path, sleeper: str
):
    child = client.launch(socket_folder / "own.sock", f"{ENTRIES}:sleep", {"sleeper": sleeper})
    hear(child, "sleeping")

    own_server.stop()

    assert not own_server.alive()
    assert is_running(pid_of(child))
    child.kill()


def test_launch_fails_at_once_without_a_server(own_server: ForkServer, socket_folder: Path):
    os.kill(pid_of(own_server), signal.SIGKILL)
    assert eventually(lambda: not own_server.alive())
    started = time.monotonic()

    with pytest.raises(OSError):
        client.launch(socket_folder / "own.sock", f"{ENTRIES}:say", {"texts": []})
    with pytest.raises(OSError):
        client.launch(socket_folder / "none.sock", f"{ENTRIES}:say", {"texts": []})

    assert time.monotonic() - started < 1


def test_a_new_server_takes_the_place_of_a_dead_one(own_server: ForkServer, socket_folder: Path):
    os.kill(pid_of(own_server), signal.SIGKILL)
    assert eventually(lambda: not own_server.alive())

    own_server.start()

    child = client.launch(socket_folder / "own.sock", f"{ENTRIES}:say", {"texts": ["again"]})
    assert last(child)["text"] == "again"


def test_the_server_dies_with_its_parent(socket_folder: Path):
    code = (
        "import time; from pathlib import Path; from core.children.client import ForkServer\n"
        f"server = ForkServer(Path({str(socket_folder / 'orphan.sock')!r}), [])\n"
        "server.start(); print(server.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=client.ROOT
    )
    with parent:
        assert parent.stdout
        server = int(parent.stdout.readline())
        parent.kill()

    assert is_gone(server, seconds=2)


def test_a_server_that_cannot_start_says_so(socket_folder: Path, capfd):
    server = ForkServer(socket_folder / "bad.sock", ["no_such_module"])

    with pytest.raises(OSError, match="did not start"):
        server.start()

    assert not server.alive()
    assert "no_such_module" in capfd.readouterr().err


def test_only_the_owner_may_talk_to_the_server(fork_socket: Path):
    assert stat.S_IMODE(fork_socket.stat().st_mode) == 0o600


def test_a_socket_deep_in_the_file_system_works(tmp_path: Path):
    path = tmp_path / ("deep" * 40) / "children.sock"
    server = ForkServer(path, [ENTRIES])
    server.start()
    try:
        assert last(client.launch(path, f"{ENTRIES}:say", {"texts": ["hi"]}))["text"] == "hi"
    finally:
        server.stop()


def test_a_child_that_breaks_the_protocol_is_ended(fork_socket: Path):
    child = client.launch(fork_socket, f"{ENTRIES}:shout", {})

    heard = hear(child)

    assert heard[-1]["code"] == "internal"
    assert "protocol" in heard[-1]["detail"]
    assert is_gone(pid_of(child))


def test_a_file_cannot_grow_beyond_the_limit(fork_socket: Path, tmp_path: Path):
    job = {
        "workdir": str(tmp_path),
        "path": str(tmp_path / "big"),
        "bytes": 3_000_000,
        "limits": {"file_bytes": 1_000_000},
    }

    refused = last(client.launch(fork_socket, f"{ENTRIES}:write", job))

    assert "File too large" in refused["text"]
    assert (tmp_path / "big").stat().st_size == 1_000_000


def test_many_children_at_once_all_answer(fork_socket: Path):
    children = [
        client.launch(fork_socket, f"{ENTRIES}:say", {"texts": [str(number)]})
        for number in range(40)
    ]

    assert [last(child)["text"] for child in children] == [str(n) for n in range(40)]
