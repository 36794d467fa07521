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

PROGRAMS = frozenset({"ffmpeg", "ffprobe", "deno"})
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Refused(PermissionError):
    """Something other than a connection that a child may not do."""


@dataclass(frozen=True)
class Policy:
    """`public`: may it connect to the public internet at all; `endpoints` it may always."""

    public: bool
    endpoints: frozenset[tuple[str, int]]
    folders: tuple[str, ...]
    programs: frozenset[str] = PROGRAMS


def policy_for(job: Mapping[str, Any]) -> Policy:
    """A job without `network` gets none; with a proxy only the proxy and what is allowed."""
    network = job.get("network")
    proxy = (network or {}).get("proxy", "")
    allowed = {parse_endpoint(pair) for pair in (network or {}).get("allowed", ())}
    if proxy:
        allowed.add(proxy_endpoint(proxy))
    folder = os.path.realpath(job["workdir"]) if job.get("workdir") else None
    return Policy(
        public=network is not None and not proxy,
        endpoints=frozenset(_with_addresses(allowed)),
        folders=(folder,) if folder else (),
    )


def install(policy: Policy) -> None:
    """From now on and for good, for this process."""
    checks = _checks(policy)

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


def _checks(policy: Policy) -> dict[str, Callable[..., None]]:
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
        name = host.decode() if isinstance(host, bytes) else host
        number = port if isinstance(port, int) and port else 80
        if name and endpoint(name, number) not in policy.endpoints:
            _refuse_private(name, number)

    def program(executable: Any, arguments: Any, *_: Any) -> None:
        _check_program(policy, os.fsdecode(executable), [os.fsdecode(a) for a in arguments])

    def never(*_: Any) -> None:
        raise Refused("blocked: starting a program this way")

    def opening(path: Any, _mode: Any, flags: int, *_: Any) -> None:
        if isinstance(path, str | bytes | os.PathLike) and flags & _WRITES:
            _check_folder(policy, os.path.realpath(os.fsdecode(path)))

    return {
        "socket.getaddrinfo": resolution,
        "socket.connect": connection,
        "socket.sendto": connection,
        "socket.sendmsg": connection,
        "subprocess.Popen": program,
        **dict.fromkeys(("os.system", "os.exec", "os.posix_spawn", "os.spawn"), never),
        "open": opening,
        **_entry_checks(policy),
    }


def _refuse_private(host: str, port: int) -> None:
    """Names that can only be private need no name server to be refused."""
    if looks_private(host, port, ()):
        raise BlockedAddress(host, port)


def _entry_checks(policy: Policy) -> dict[str, Callable[..., None]]:
    """Events that make, move or take away an entry of a folder: (path …, folder descriptor …)."""

    def one(path: Any, *rest: Any) -> None:
        _check_folder(policy, _entry(path, rest[-1] if rest else -1))

    def two(source: Any, target: Any, source_folder: int, target_folder: int) -> None:
        _check_folder(policy, _entry(source, source_folder))
        _check_folder(policy, _entry(target, target_folder))

    def link(_source: Any, target: Any, *folders: int) -> None:
        _check_folder(policy, _entry(target, folders[-1]))

    def truncation(path: Any, _length: int) -> None:
        _check_folder(policy, _entry(path, -1))

    return {
        **dict.fromkeys(("os.remove", "os.rmdir", "os.mkdir", "os.chmod", "os.chown"), one),
        "os.rename": two,
        "os.link": link,
        "os.symlink": link,
        "os.truncate": truncation,
    }


def _entry(path: Any, folder: int) -> str:
    """Where the entry itself lies; what it may point to does not matter here."""
    if isinstance(path, int):
        return os.path.realpath(f"/proc/self/fd/{path}")
    base = f"/proc/self/fd/{folder}" if folder >= 0 else "."
    parent, name = os.path.split(os.path.join(base, os.fsdecode(path)))  # noqa: PTH118
    return os.path.join(os.path.realpath(parent), name)  # noqa: PTH118


def _check_folder(policy: Policy, path: str) -> None:
    if path != os.devnull and not _below(path, policy.folders):
        raise Refused(f"blocked: writing {path}")


def _check_program(policy: Policy, executable: str, arguments: list[str]) -> None:
    found = shutil.which(executable) or executable
    if Path(found).name not in policy.programs or _below(os.path.realpath(found), policy.folders):
        raise Refused(f"blocked: program {executable}")
    if Path(found).name != "deno":
        _check_local(arguments)


def _check_local(arguments: list[str]) -> None:
    """ffmpeg opens addresses by itself: it is given local files only, and only by that name."""
    inputs = [value for flag, value in itertools.pairwise(arguments) if flag == "-i"]
    if not all(value.startswith("file:") for value in inputs):
        raise Refused("blocked: an ffmpeg input that is not a local file")
    if any("://" in argument for argument in arguments):
        raise Refused("blocked: an address among the arguments of ffmpeg")


def _below(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(folder + os.sep) for folder in folders)
