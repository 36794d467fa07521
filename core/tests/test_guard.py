"""What a child may not do is refused inside the child, and nothing happens."""

import http.server
import os
import shutil
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from core.children import client
from core.children.jail import Jail, Refused
from core.tests.children import last, measured
from core.tests.conftest import ENTRIES

OPEN = {"allowed": [], "proxy": "", "ca_file": ""}


class Canary:
    """A port of this machine that must not be reached."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.bind((host, 0))
        self._socket.listen(16)
        self._socket.setblocking(False)
        self.port: int = self._socket.getsockname()[1]

    @property
    def visits(self) -> int:
        visits = 0
        while True:
            try:
                self._socket.accept()[0].close()
            except BlockingIOError:
                return visits
            visits += 1

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def canary():
    canary = Canary()
    yield canary
    canary.close()


@pytest.fixture
def attempt(fork_socket: Path, tmp_path: Path):
    """Let a child try something; tells how that ended."""
    workdir = tmp_path / "work"

    def run(entry: str, **job: Any) -> dict[str, Any]:
        job = {"workdir": str(workdir), "network": OPEN, "writable": measured(), **job}
        return last(client.launch(fork_socket, f"{ENTRIES}:{entry}", job))

    return run


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "localhost", "0.0.0.0", "127.0.0.2", "::1", "::ffff:127.0.0.1"],
)
def test_a_private_address_is_not_connected_to(attempt, canary: Canary, host: str):
    refused = attempt("connect", host=host, port=canary.port)

    assert refused["kind"] == "BlockedAddress"
    assert canary.visits == 0


def test_the_allowed_endpoint_is_connected_to_and_no_other_port(attempt, canary: Canary):
    allowed = {**OPEN, "allowed": [f"127.0.0.1:{canary.port}"]}
    other = Canary()

    assert attempt("connect", host="127.0.0.1", port=canary.port, network=allowed) == {
        "event": "allowed"
    }
    refused = attempt("connect", host="127.0.0.1", port=other.port, network=allowed)

    assert refused["kind"] == "BlockedAddress"
    assert (canary.visits, other.visits) == (1, 0)
    other.close()


def test_an_allowed_name_allows_the_address_behind_it(attempt, canary: Canary):
    allowed = {**OPEN, "allowed": [f"localhost:{canary.port}"]}

    attempt("connect", host="127.0.0.1", port=canary.port, network=allowed)

    assert canary.visits == 1


def test_with_a_proxy_only_the_proxy_is_connected_to(attempt, canary: Canary):
    proxied = {**OPEN, "proxy": f"http://user:word@127.0.0.1:{canary.port}"}

    assert attempt("connect", host="127.0.0.1", port=canary.port, network=proxied) == {
        "event": "allowed"
    }
    refused = attempt("connect", host="8.8.8.8", port=443, network=proxied)

    assert refused["kind"] == "BlockedAddress"


def test_a_job_without_network_connects_to_nothing(attempt):
    refused = attempt("connect", host="8.8.8.8", port=443, network=None)

    assert refused["kind"] == "BlockedAddress"


def test_no_datagram_leaves_for_a_private_address(attempt):
    assert attempt("send_datagram", host="127.0.0.1", port=53)["kind"] == "BlockedAddress"


def test_unix_sockets_are_refused(attempt, fork_socket: Path):
    assert attempt("connect_unix", path=str(fork_socket))["kind"] == "BlockedAddress"


def test_a_child_writes_into_its_own_folder_only(attempt, tmp_path: Path):
    inside, outside = tmp_path / "work" / "a", tmp_path / "b"

    assert attempt("write", path=str(inside)) == {"event": "allowed"}
    assert attempt("write", path=str(outside))["kind"] == "Refused"
    assert attempt("write", path=str(tmp_path / "work" / ".." / "b"))["kind"] == "Refused"
    assert attempt("write", path=str(tmp_path / "work2"))["kind"] == "Refused"
    assert attempt("write", path="/dev/null") == {"event": "allowed"}

    assert inside.exists()
    assert not outside.exists()


def test_a_database_is_kept_in_its_own_folder_only(attempt, tmp_path: Path):
    assert attempt("keep_a_database", path=str(tmp_path / "a.db"))["kind"] == "Refused"
    assert attempt("keep_a_database", path=str(tmp_path / "work" / "a.db")) == {"event": "allowed"}

    assert not (tmp_path / "a.db").exists()


def test_a_folder_that_the_job_names_is_writable_too(attempt, tmp_path: Path):
    other = tmp_path / "other"
    other.mkdir()

    assert attempt("write", path=str(other / "a"), writable=[str(other)]) == {"event": "allowed"}


@pytest.mark.parametrize(
    "way",
    [
        "rename out",
        "rename in",
        "remove",
        "mkdir",
        "symlink",
        "truncate",
        "chmod",
        "write through a link",
    ],
)
def test_a_child_changes_nothing_outside_its_folder(attempt, tmp_path: Path, way: str):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")

    assert attempt("change", way=way, path=str(outside))["kind"] == "Refused"

    assert [path.name for path in outside.iterdir()] == ["kept"]
    assert (outside / "kept").read_text() == "kept"
    assert (outside / "kept").stat().st_mode & 0o777 != 0o777


def test_a_link_of_its_own_may_be_removed_wherever_it_points(attempt, tmp_path: Path):
    (tmp_path / "kept").write_text("kept")

    attempt("change", way="remove a link of mine", path=str(tmp_path))

    assert (tmp_path / "kept").read_text() == "kept"


@pytest.mark.parametrize("command", [["sh", "-c", "true"], ["/bin/true"], ["curl", "--version"]])
def test_programs_that_are_not_on_the_list_are_not_started(attempt, command: list[str]):
    assert attempt("run_program", command=command)["kind"] == "Refused"


def test_a_shell_is_not_started(attempt):
    assert attempt("run_shell")["kind"] == "Refused"


def test_a_program_is_not_started_out_of_the_working_folder(attempt, tmp_path: Path):
    planted = tmp_path / "work" / "ffmpeg"
    planted.parent.mkdir()
    shutil.copy("/bin/true", planted)

    assert attempt("run_program", command=[str(planted)])["kind"] == "Refused"


@pytest.mark.parametrize(
    "arguments",
    [
        ["-i", "http://127.0.0.1/x.mp4", "file:out.mp4"],
        ["-i", "concat:a|b", "file:out.mp4"],
        ["-i", "list.m3u8", "file:out.mp4"],
        ["-i", "file:in.mp4", "tcp://127.0.0.1:1"],
    ],
)
def test_ffmpeg_gets_local_files_only(attempt, tmp_path: Path, arguments: list[str]):
    program = tmp_path / "programs" / "ffmpeg"
    program.parent.mkdir()
    program.symlink_to("/bin/true")

    refused = attempt("run_program", command=[str(program), *arguments])

    assert refused["kind"] == "Refused"
    local = [str(program), "-i", "file:in.mp4", "file:out.mp4"]
    assert attempt("run_program", command=local) == {"event": "allowed"}


def test_the_checks_know_the_ways_to_write(tmp_path: Path):
    """Each by its audit event, without a child."""
    inside, outside = str(tmp_path / "in" / "a"), str(tmp_path / "out" / "a")
    (tmp_path / "in").mkdir()
    checks = Jail([str(tmp_path / "in")]).checks()
    reading, writing = (None, os.O_RDONLY), ("w", os.O_WRONLY)

    checks["open"](outside, *reading)
    checks["open"](inside, *writing)
    checks["open"](3, *writing)  # an open file is what it is
    checks["os.remove"](inside, -1)
    checks["os.rename"](inside, inside, -1, -1)
    checks["os.symlink"](outside, inside, -1)
    checks["os.truncate"](inside, 0)
    checks["sqlite3.connect"](":memory:")
    for event, arguments in [
        ("open", (outside, *writing)),
        ("open", (outside.encode(), "a", os.O_APPEND | os.O_WRONLY)),
        ("os.remove", (outside, -1)),
        ("os.mkdir", (outside, 0o777, -1)),
        ("os.rename", (inside, outside, -1, -1)),
        ("os.rename", (outside, inside, -1, -1)),
        ("os.link", (inside, outside, -1, -1)),
        ("os.truncate", (outside, 0)),
        ("sqlite3.connect", (outside,)),
    ]:
        with pytest.raises(Refused, match="writing"):
            checks[event](*arguments)


def test_a_path_below_an_open_folder_is_seen_where_it_is(tmp_path: Path):
    checks = Jail([str(tmp_path / "in")]).checks()
    for name in ("in", "out"):
        (tmp_path / name).mkdir()
    inner, outer = (os.open(tmp_path / name, os.O_RDONLY) for name in ("in", "out"))

    checks["os.remove"]("a", inner)
    with pytest.raises(Refused):
        checks["os.remove"]("a", outer)
    with pytest.raises(Refused):
        checks["os.remove"]("../out/a", inner)
    with pytest.raises(Refused):
        checks["os.chmod"](outer, 0o777, -1)

    os.close(inner)
    os.close(outer)


class _Proxy(http.server.BaseHTTPRequestHandler):
    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_CONNECT(self) -> None:
        self.asked.append(self.path)
        self.send_error(502)

    def log_message(self, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def proxy():
    _Proxy.asked = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Proxy) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:8000",
        "127.1",
        "2130706433",
        "[::1]",
        "localhost",
        "169.254.169.254",
        "metadata.google.internal",
        "example.com:22",
        "intranet",
    ],
)
def test_a_proxy_is_not_asked_for_private_addresses(attempt, proxy: str, scheme: str, host: str):
    network = {**OPEN, "proxy": proxy}

    refused = attempt("ask_proxy", network=network, url=f"{scheme}://{host}/x")

    assert refused["kind"] == "BlockedAddress"
    assert _Proxy.asked == []


def test_a_name_that_resolves_to_a_private_address_is_not_asked_for(attempt, proxy: str):
    network = {**OPEN, "proxy": proxy}

    refused = attempt(
        "ask_proxy",
        network=network,
        url="http://evil.example/x",
        names={"evil.example": ["8.8.8.8", "127.0.0.1"]},
    )

    assert refused["kind"] == "BlockedAddress"
    assert _Proxy.asked == []


def test_the_proxy_is_asked_for_public_allowed_and_unknown_hosts(attempt, proxy: str):
    network = {**OPEN, "proxy": proxy, "allowed": ["127.0.0.1:8000"]}
    names = {"good.example": ["8.8.8.8"]}
    urls = ["http://good.example/x", "http://127.0.0.1:8000/x", "http://only-there.invalid/x"]

    for url in urls:
        assert attempt("ask_proxy", network=network, url=url, names=names) == {"event": "allowed"}
    attempt("ask_proxy", network=network, url="https://good.example/x", names=names)

    assert _Proxy.asked == [*urls, "good.example:443"]
