"""Web, worker and supervisor connect to the internet and to what settings name, nowhere else."""

import logging
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from core.children.addresses import BlockedAddress
from core.children.network import Neighbours, hook_for
from core.serving import outbound

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def open_socket(family: int = socket.AF_INET) -> Iterator[socket.socket]:
    with socket.socket(family) as one:
        yield one


def connects(*endpoints: tuple[str, int], to: Any, family: int = socket.AF_INET) -> bool:
    hook = hook_for(Neighbours(endpoints))
    with open_socket(family) as one:
        try:
            hook("socket.connect", (one, to))
        except BlockedAddress:
            return False
    return True


@pytest.mark.parametrize(
    "address",
    [
        ("127.0.0.1", 80),
        ("10.0.0.7", 443),
        ("169.254.169.254", 80),
        ("100.64.0.1", 443),
        ("0.0.0.0", 80),
        ("metadata.google.internal", 80),
        ("example.org", 443),  # a name would be resolved after us
        ("8.8.8.8", 25),
    ],
)
def test_a_private_address_is_refused_and_logged(address, caplog):
    assert not connects(to=address)

    told = f"Refused to connect to {address[0]} port {address[1]}: no setting names it"
    assert (caplog.records[-1].levelno, caplog.messages[-1]) == (logging.ERROR, told)


@pytest.mark.parametrize(
    "address", ["::1", "fd00::1", "fe80::1%lo", "64:ff9b::7f00:1", "2002:7f00:1::", "::7f00:1"]
)
def test_so_are_those_of_ipv6(address):
    assert not connects(to=(address, 443, 0, 0), family=socket.AF_INET6)


def test_the_internet_is_open():
    assert connects(to=("8.8.8.8", 443))
    assert connects(to=("2606:4700::1111", 443, 0, 0), family=socket.AF_INET6)


def test_what_a_setting_names_is_open_and_its_other_ports_are_not():
    assert connects(("localhost", 6379), to=("127.0.0.1", 6379))
    assert connects(("localhost", 6379), to=("localhost", 6379))
    assert not connects(("localhost", 6379), to=("127.0.0.1", 6380))
    assert not connects(("localhost", 6379), to=("127.0.0.2", 6379))
    assert connects(("127.1", 8000), to=("127.0.0.1", 8000))


def test_a_neighbour_that_has_moved_is_found_again(monkeypatch):
    where = ["10.0.0.1"]

    def resolve(host: str, port: int, **how: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (where[0], port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    hook = hook_for(Neighbours([("redis", 6379)]))
    with open_socket() as one:
        hook("socket.connect", (one, ("10.0.0.1", 6379)))
        where[0] = "10.0.0.2"
        hook("socket.connect", (one, ("10.0.0.2", 6379)))
        with pytest.raises(BlockedAddress):
            hook("socket.connect", (one, ("10.0.0.3", 6379)))


def test_a_mail_server_in_the_internet_may_use_its_own_port():
    assert connects(("smtp.school.invalid", 587), to=("8.8.8.8", 587))
    assert not connects(("smtp.school.invalid", 587), to=("8.8.8.8", 465))


def test_sockets_of_this_machine_are_files(tmp_path):
    assert connects(to=str(tmp_path / "live.sock"), family=socket.AF_UNIX)


def test_datagrams_are_held_to_it_too():
    hook = hook_for(Neighbours([]))
    with open_socket() as one, pytest.raises(BlockedAddress):
        hook("socket.sendto", (one, ("127.0.0.1", 53)))


def test_the_settings_name_the_neighbours(settings):
    settings.ALLOWED_PRIVATE_ENDPOINTS = ["127.0.0.1:9000"]
    settings.REDIS_URL = "redis://:secret@redis:6379/0"
    settings.OUTBOUND_PROXY = "http://proxy.school.lan:3128"
    settings.GOOGLE_ROOT_URL = "http://127.0.0.1:9100"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "smtp", 587

    databases = {*outbound._of_databases(settings.DATABASES.values())}
    assert outbound.allowed() - databases == {
        ("127.0.0.1", 9000),
        ("redis", 6379),
        ("proxy.school.lan", 3128),
        ("127.0.0.1", 9100),
        ("smtp", 587),
    }


def test_a_database_is_a_neighbour_unless_it_is_a_file_or_a_socket():
    engine = "django.db.backends.postgresql"
    databases: list[dict[str, Any]] = [
        {"ENGINE": engine, "HOST": "postgres", "PORT": ""},
        {"ENGINE": engine, "HOST": "10.0.0.9", "PORT": 5433},
        {"ENGINE": engine, "HOST": "/var/run/postgresql", "PORT": 5434},
        {"ENGINE": "django.db.backends.sqlite3", "NAME": "x"},
    ]

    assert {*outbound._of_databases(databases)} == {("postgres", 5432), ("10.0.0.9", 5433)}


def test_without_a_server_for_mails_none_is_open(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

    assert all(port not in {25, 587} for _, port in outbound.allowed())


def test_once_installed_it_holds_for_all_that_a_process_does():
    """In a process of its own: it cannot be taken off again."""
    program = """
import os, socket, sys, urllib.request
from core.children import network
from core.children.addresses import BlockedAddress
listener = socket.create_server(("127.0.0.1", 0))
other = socket.create_server(("127.0.0.1", 0))
network.install([("127.0.0.1", listener.getsockname()[1])])
socket.create_connection(listener.getsockname()).close()
def refused():
    try:
        urllib.request.urlopen(f"http://localhost:{other.getsockname()[1]}/", timeout=5)
    except Exception as error:
        return isinstance(getattr(error, "reason", error), BlockedAddress)
assert refused()
child = os.fork()
if child == 0:
    os._exit(0 if refused() else 1)
assert os.waitpid(child, 0)[1] == 0
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
