"""What a child may do, held from inside: connections, programs and written files.

An audit hook sees the address of every connection that Python makes after name resolution and
after every redirect, so neither names nor redirects nor rebinding get past it. It cannot be
removed again, which is why it is only ever installed in a child. It does not see what other
programs do: those are a short list, and ffmpeg is held to local files.
"""

import itertools
import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from core.children.addresses import (
    BlockedAddress,
    check_endpoint,
    endpoint,
    looks_private,
    parse_endpoint,
)
from core.children.jail import Jail, Refused

PROGRAMS = frozenset({"ffmpeg", "ffprobe", "deno"})


@dataclass(frozen=True)
class Policy:
    """`public`: may it connect to the public internet at all; `endpoints` it may always."""

    public: bool
    endpoints: frozenset[tuple[str, int]]
    folders: tuple[str, ...]
    programs: frozenset[str] = PROGRAMS


def policy_for(job: Mapping[str, Any]) -> Policy:
    """A job without `network` gets none; with a proxy only the proxy and what is allowed. It
    writes into its `workdir`, and into what it names as `writable`.
    """
    network = job.get("network")
    proxy = (network or {}).get("proxy", "")
    allowed = {parse_endpoint(pair) for pair in (network or {}).get("allowed", ())}
    if proxy:
        allowed.add(proxy_endpoint(proxy))
    folders = [folder for folder in (job.get("workdir"), *job.get("writable", ())) if folder]
    return Policy(
        public=network is not None and not proxy,
        endpoints=frozenset(_with_addresses(allowed)),
        folders=tuple(map(os.path.realpath, folders)),
    )


def install(policy: Policy) -> None:
    """From now on and for good, for this process."""
    jail = Jail(policy.folders)
    checks = {**jail.checks(), **_network_checks(policy), **_program_checks(policy, jail)}

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if check := checks.get(event):
            check(*arguments)

    sys.addaudithook(hook)


def proxy_endpoint(proxy: str) -> tuple[str, int]:
    parts = urlsplit(proxy)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _with_addresses(endpoints: Iterable[tuple[str, int]]) -> Iterable[tuple[str, int]]:
    """A connection shows its address only: an allowed name allows what it resolves to now."""
    for host, port in endpoints:
        yield host, port
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            continue
        for *_, address in found:
            yield str(address[0]), port


def _network_checks(policy: Policy) -> dict[str, Callable[..., None]]:
    def connection(sock: socket.socket, address: Any, *_: Any) -> None:
        if address is None:  # it is connected already
            return
        if sock.family not in (socket.AF_INET, socket.AF_INET6):
            raise BlockedAddress(str(address), 0)
        host, port = address[:2]
        if not policy.public and (host, port) not in policy.endpoints:
            raise BlockedAddress(host, port)
        check_endpoint(host, port, policy.endpoints)

    def resolution(host: Any, port: Any, *_: Any) -> None:
        """Names that can only be private need no name server to be refused."""
        name = host.decode() if isinstance(host, bytes) else host
        number = port if isinstance(port, int) and port else 80
        allowed = not name or endpoint(name, number) in policy.endpoints
        if not allowed and looks_private(name, number, ()):
            raise BlockedAddress(name, number)

    connections = ("socket.connect", "socket.sendto", "socket.sendmsg")
    return {"socket.getaddrinfo": resolution, **dict.fromkeys(connections, connection)}


def _program_checks(policy: Policy, jail: Jail) -> dict[str, Callable[..., None]]:
    def program(executable: Any, arguments: Any, *_: Any) -> None:
        found = Path(shutil.which(os.fsdecode(executable)) or os.fsdecode(executable))
        if found.name not in policy.programs or jail.holds(os.path.realpath(found)):
            raise Refused(f"blocked: program {found}")
        if found.name != "deno":
            _check_local([os.fsdecode(argument) for argument in arguments])

    def never(*_: Any) -> None:
        raise Refused("blocked: starting a program this way")

    # subprocess itself uses posix_spawn from Python 3.13 on, and announces both.
    programs = ("subprocess.Popen", "os.posix_spawn")
    others = ("os.system", "os.exec", "os.spawn")
    return {**dict.fromkeys(programs, program), **dict.fromkeys(others, never)}


def _check_local(arguments: list[str]) -> None:
    """ffmpeg opens addresses by itself: it is given local files only, and only by that name."""
    inputs = [value for flag, value in itertools.pairwise(arguments) if flag == "-i"]
    if not all(value.startswith("file:") for value in inputs):
        raise Refused("blocked: an ffmpeg input that is not a local file")
    if any("://" in argument for argument in arguments):
        raise Refused("blocked: an address among the arguments of ffmpeg")
