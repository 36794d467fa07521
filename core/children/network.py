"""The network part of the guard, for the processes that live long: web, worker, supervisor.

A child is told what it may reach and never asks again. These processes outlive the addresses of
their own neighbours, so that a name they may reach is looked up anew when an address is unknown.
"""

import logging
import socket
import sys
from collections.abc import Callable, Collection, Iterable
from typing import Any

from core.children.addresses import BlockedAddress, check_endpoint, literal_address

logger = logging.getLogger(__name__)

_INTERNET = (socket.AF_INET, socket.AF_INET6)
_EVENTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})

Endpoint = tuple[str, int]


class Neighbours:
    """The private endpoints that settings name, by name and by address."""

    def __init__(self, endpoints: Collection[Endpoint]) -> None:
        self._named = frozenset(endpoints)
        self._known = self._looked_up()
        # A neighbour at a public address may have several, and is told by its port alone.
        self.ports = frozenset(port for _, port in endpoints)

    def has(self, host: str, port: int) -> bool:
        if (host, port) in self._known:
            return True
        if port in self.ports:  # it may have moved since
            self._known = self._looked_up()
        return (host, port) in self._known

    def _looked_up(self) -> frozenset[Endpoint]:
        return self._named.union(*(_addresses(host, port) for host, port in self._named))


def install(endpoints: Collection[Endpoint]) -> None:
    """From now on and for good, for this process and all that it forks."""
    sys.addaudithook(hook_for(Neighbours(endpoints)))


def hook_for(neighbours: Neighbours) -> Callable[[str, tuple[Any, ...]], None]:
    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _EVENTS:
            _check(neighbours, *arguments[:2])

    return hook


def _check(neighbours: Neighbours, sock: socket.socket, address: Any = None) -> None:
    """Sockets of this machine (live updates, children, database) are files: their folders say
    who may use them.

    :raises BlockedAddress: it leads into a private network, and no setting says so
    """
    if sock.family not in _INTERNET or not isinstance(address, tuple):
        return
    host, port = str(address[0]).partition("%")[0], int(address[1])
    if _is_public(host, port, neighbours.ports) or neighbours.has(host, port):
        return
    logger.error("Refused to connect to %s port %s: no setting names it", host, port)
    raise BlockedAddress(host, port)


def _is_public(host: str, port: int, ports: Collection[int]) -> bool:
    try:
        check_endpoint(host, 443 if port in ports else port, ())
    except BlockedAddress:
        return False
    return True


def _addresses(host: str, port: int) -> Iterable[Endpoint]:
    if literal := literal_address(host):
        return [(str(literal), port)]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [(str(address[0]), port) for *_, address in found]
