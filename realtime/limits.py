"""How many sockets one user and one address may hold open in this process."""

from collections.abc import Callable
from typing import Protocol

from realtime.access import TOO_MANY, Refused, Viewer

PER_USER = 10
PER_ADDRESS = 200  # a whole school sits behind one


class Socket(Protocol):
    viewer: Viewer
    address: str

    def revoke(self, code: int) -> None: ...


class Seats:
    def __init__(self) -> None:
        self.taken: set[Socket] = set()

    def take(self, socket: Socket) -> None:
        """:raises Refused: this user or this address holds enough"""
        of_user = self._count(lambda one: one.viewer.user == socket.viewer.user)
        of_address = self._count(lambda one: one.address == socket.address)
        if of_user >= PER_USER or of_address >= PER_ADDRESS:
            raise Refused(TOO_MANY)
        self.taken.add(socket)

    def leave(self, socket: Socket) -> None:
        self.taken.discard(socket)

    def of(self, viewer: Viewer) -> int:
        """The sockets this person may know of: their own, for staff all."""
        return self._count(lambda one: viewer.may_see(one.viewer.user.pk))

    def _count(self, counts: Callable[[Socket], bool]) -> int:
        return sum(counts(socket) for socket in self.taken)
