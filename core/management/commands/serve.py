"""The whole product on one machine: sets up, then keeps web and worker running."""

import fcntl
import os
import socket
import sys
import urllib.request
from argparse import ArgumentParser
from pathlib import Path
from time import monotonic, sleep
from typing import IO, Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from core import processes
from core.serving import first_admin, outbound, static_files
from core.serving.part import Part
from core.serving.stopping import StopSignals

_START_SECONDS = 60.0
_STOP_SECONDS = 12.0
# Our own server is never asked for by a proxy, whatever http_proxy says.
_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Command(BaseCommand):
    help = "Set up the database and static files, then run web server and worker until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=settings.HOST)
        parser.add_argument("--port", type=int, default=settings.PORT)
        parser.add_argument("--admin", metavar="EMAIL", default="", help="Make the first admin.")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        with _only_one():
            processes.kill_tree_of(str(settings.DATA_DIR))
            _check_port(host, port)
            outbound.guard((outbound.visible(host), port))
            _set_up()
            os.environ[processes.TREE_VARIABLE] = str(settings.DATA_DIR)
            first_admin.ask(options["admin"])
            stop = StopSignals()
            parts = [
                Part("web", [*_manage("web"), "--host", host, "--port", str(port)]),
                Part("worker", _manage("worker")),
            ]
            try:
                for part in parts:
                    part.start()
                self._greet(host, port, options["admin"], parts, stop)
                while not stop:
                    for part in parts:
                        part.look_after()
                    sleep(0.2)
            finally:
                _stop(parts)

    def _greet(
        self, host: str, port: int, admin: str, parts: list[Part], stop: StopSignals
    ) -> None:
        """The first line with a URL says: ready."""
        url = f"http://{_visible(host)}:{port}/"
        _wait_for(f"{url}health/live", parts, stop)
        if not stop:
            self.stdout.write(f"Classroom Downloader is ready: {url}")
            if line := first_admin.invite(url.rstrip("/"), email=admin):
                self.stdout.write(line)
            connections.close_all()
            self.stdout.flush()


def _only_one() -> IO[str]:
    """The lock on DATA_DIR, held as long as the file is open."""
    Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
    lock = (Path(settings.RUN_DIR) / "serve.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CommandError(
            f"It runs already with {settings.DATA_DIR}. "
            "For a second one beside it set another DATA_DIR and PORT.",
            returncode=2,
        ) from None
    return lock


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise CommandError(
                f"Cannot listen on {host}:{port}: {problem.strerror}. Set PORT to another one.",
                returncode=2,
            ) from problem


def _set_up() -> None:
    """In a process of its own: what it takes, above all memory, ends with it."""
    child = os.fork()
    if child == 0:
        try:
            call_command("migrate", interactive=False, verbosity=0)
            static_files.collect()
        except BaseException as problem:  # noqa: BLE001 - whatever it is, this process ends here
            sys.stderr.write(f"{type(problem).__name__}: {problem}\n")
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        raise CommandError("The set-up failed, see above.")


def _manage(command: str) -> list[str]:
    return [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), command]


def _visible(host: str) -> str:
    found = outbound.visible(host)
    return f"[{found}]" if ":" in found else found


def _wait_for(url: str, parts: list[Part], stop: StopSignals) -> None:
    began = monotonic()
    while not stop and monotonic() - began < _START_SECONDS:
        try:
            with _DIRECTLY.open(url, timeout=2):
                return
        except OSError:
            for part in parts:
                part.look_after()
            sleep(0.05)
    if not stop:
        raise CommandError("The web server does not answer; see the messages above.")


def _stop(parts: list[Part]) -> None:
    """Ask every part to end, and end what has not by then, with all it has started."""
    for part in parts:
        part.ask_to_stop()
    deadline = monotonic() + _STOP_SECONDS
    while monotonic() < deadline and any(part.runs for part in parts):
        sleep(0.05)
    for part in parts:
        part.kill()
    processes.kill_tree_of(str(settings.DATA_DIR))
