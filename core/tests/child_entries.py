"""What the children of the tests do. Runs in the child, so it imports nothing of Django."""

import http.client
import os
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Emit = Callable[[dict[str, Any]], None]


def say(job: dict[str, Any], emit: Emit) -> None:
    for text in job["texts"]:
        emit({"event": "said", "text": text})


def shout(job: dict[str, Any], emit: Emit) -> None:
    """A line longer than the protocol allows."""
    emit({"event": "said", "text": "x" * (2 << 20)})
    time.sleep(60)


def fail(job: dict[str, Any], emit: Emit) -> None:
    raise RuntimeError("the dog ate it")


def fail_with(job: dict[str, Any], emit: Emit) -> None:
    raise RuntimeError(job["words"])


def die(job: dict[str, Any], emit: Emit) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def sleep(job: dict[str, Any], emit: Emit) -> None:
    """Sleeps beside a program that sleeps, both of one group."""
    program = subprocess.Popen([_sleeper(job), "60"])
    emit({"event": "sleeping", "program": program.pid})
    time.sleep(60)


def die_beside_a_program(job: dict[str, Any], emit: Emit) -> None:
    program = subprocess.Popen([_sleeper(job), "60"])
    emit({"event": "sleeping", "program": program.pid})
    time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGKILL)


def write(job: dict[str, Any], emit: Emit) -> None:
    _attempt(emit, lambda: Path(job["path"]).write_bytes(b"x" * job.get("bytes", 1)))


def change(job: dict[str, Any], emit: Emit) -> None:
    """One of the ways to change a folder, by name."""
    inside, outside = Path(job["workdir"]) / "mine", Path(job["path"])
    inside.write_text("mine")
    ways: dict[str, Callable[[], object]] = {
        "rename out": lambda: inside.rename(outside / "moved"),
        "rename in": lambda: (outside / "kept").rename(inside),
        "remove": lambda: (outside / "kept").unlink(),
        "mkdir": lambda: (outside / "new").mkdir(),
        "symlink": lambda: (outside / "new").symlink_to(inside),
        "truncate": lambda: os.truncate(outside / "kept", 0),
        "chmod": lambda: (outside / "kept").chmod(0o777),
        "write through a link": lambda: _write_through_link(inside, outside),
        "remove a link of mine": lambda: _remove_link(inside, outside),
    }
    _attempt(emit, ways[job["way"]])


def connect(job: dict[str, Any], emit: Emit) -> None:
    family = socket.AF_INET6 if ":" in job["host"] else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as client:
        client.settimeout(job.get("seconds", 2))
        _attempt(emit, lambda: client.connect((job["host"], job["port"])))


def connect_unix(job: dict[str, Any], emit: Emit) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        _attempt(emit, lambda: client.connect(job["path"]))


def send_datagram(job: dict[str, Any], emit: Emit) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        _attempt(emit, lambda: client.sendto(b"?", (job["host"], job["port"])))


def run_program(job: dict[str, Any], emit: Emit) -> None:
    _attempt(emit, lambda: subprocess.run(job["command"], capture_output=True, check=False))


def run_shell(job: dict[str, Any], emit: Emit) -> None:
    _attempt(emit, lambda: os.system("true"))


def _sleeper(job: dict[str, Any]) -> str:
    """A program that sleeps and has an allowed name."""
    return str(job["sleeper"])


def _attempt(emit: Emit, deed: Callable[[], object]) -> None:
    try:
        deed()
    except Exception as error:  # noqa: BLE001  told to the test
        emit({"event": "refused", "kind": type(error).__name__, "text": str(error)})
    else:
        emit({"event": "allowed"})


def _write_through_link(inside: Path, outside: Path) -> None:
    inside.unlink()
    inside.symlink_to(outside / "kept")
    inside.write_text("through")


def _remove_link(inside: Path, outside: Path) -> None:
    inside.unlink()
    inside.symlink_to(outside / "kept")
    inside.unlink()


def ask_proxy(job: dict[str, Any], emit: Emit) -> None:
    """Ask for an address over the proxy, with a name server that knows `names` only."""

    def resolve(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        if not host[0].isdigit() and host not in job.get("names", {}):
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        addresses = job.get("names", {}).get(host, [host])
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in addresses]

    proxy = urlsplit(job["network"]["proxy"])
    url = urlsplit(job["url"])
    socket.getaddrinfo = resolve  # type: ignore[assignment]
    connection = http.client.HTTPConnection(proxy.hostname or "", proxy.port, timeout=2)

    def ask() -> None:
        if url.scheme == "https":
            connection.set_tunnel(url.hostname or "", url.port or 443)
            connection.request("GET", url.path)
        else:
            connection.request("GET", job["url"])

    _attempt(emit, ask)
    connection.close()


def keep_a_database(job: dict[str, Any], emit: Emit) -> None:
    _attempt(emit, lambda: sqlite3.connect(job["path"]).close())


def hoard(job: dict[str, Any], emit: Emit) -> None:
    """More memory than a child may have."""
    bytearray(job["bytes"])
    emit({"event": "allowed"})


def fail_oddly(job: dict[str, Any], emit: Emit) -> None:
    raise RuntimeError("a\x00b\x1b[31m\ud83d")


def ask(job: dict[str, Any], emit: Any) -> None:
    for what in job["questions"]:
        emit({"event": "said", "text": emit.ask({"what": what})["text"]})


def hang(job: dict[str, Any], emit: Emit) -> None:
    """Deaf to SIGTERM, beside a program that is too, and busy for ever: it says that it lives."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    program = subprocess.Popen([_sleeper(job), "60"])
    Path(job["workdir"], "pids").write_text(f"{os.getpid()} {program.pid}")
    while True:
        emit({"event": "alive"})
        time.sleep(0.05)


def drip(job: dict[str, Any], emit: Emit) -> None:
    """A byte every now and then, which is less than anybody waits for."""
    Path(job["workdir"], "pids").write_text(str(os.getpid()))
    for count in range(10_000):
        facts = {"total_bytes": 5000, "speed": 10.0, "eta": None}
        emit({"event": "progress", "downloaded_bytes": count, **facts})
        time.sleep(0.05)
