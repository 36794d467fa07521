"""A channel layer without a broker, for the processes of one host.

Each channel is a unix datagram socket in one private folder. Senders write to every socket there,
receivers keep what is for a group of theirs. Only what core.live and realtime.hub need of the
Channels API is here. Delivery is fast, not certain: a reader that does not read loses messages,
and the hub finds them again in the event table.
"""

import asyncio
import errno
import socket
import uuid
from collections import deque
from pathlib import Path
from time import monotonic
from typing import Any

import msgpack
from channels.exceptions import MessageTooLarge
from channels.layers import BaseChannelLayer

_LARGEST_BYTES = 128 * 1024
_BUFFER_BYTES = 1024 * 1024
_READS_AT_ONCE = 64
_PAUSES = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)  # the kernel queues ten datagrams
_SHUNNED_SECONDS = 1.0


class LocalSocketChannelLayer(BaseChannelLayer):  # type: ignore[misc]
    extensions = ["groups"]

    def __init__(self, directory: str | Path, capacity: int = 1000) -> None:
        super().__init__(capacity=capacity)
        self._directory = Path(directory)
        self._inboxes: dict[str, _Inbox] = {}
        self._peers: dict[str, _Peer] = {}

    async def new_channel(self, prefix: str = "live") -> str:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        channel = f"{prefix}.{uuid.uuid4().hex}"
        self._inboxes[channel] = _Inbox(self._directory / channel, self.capacity)
        return channel

    async def receive(self, channel: str) -> dict[str, Any]:
        """The next message. Giving up waiting closes the channel."""
        inbox = self._inboxes[channel]
        try:
            return await inbox.next()
        except asyncio.CancelledError:
            del self._inboxes[channel]
            inbox.close()
            raise

    async def group_add(self, group: str, channel: str) -> None:
        self.require_valid_group_name(group)
        self._inboxes[channel].groups.add(group)

    async def group_discard(self, group: str, channel: str) -> None:
        if channel in self._inboxes:
            self._inboxes[channel].groups.discard(group)

    async def send(self, channel: str, message: dict[str, Any]) -> None:
        """:raises MessageTooLarge: more than a datagram holds"""
        self.require_valid_channel_name(channel)
        await self._post(channel, _packed("", message))

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """:raises MessageTooLarge: more than a datagram holds"""
        self.require_valid_group_name(group)
        letter = _packed(group, message)
        await asyncio.gather(*(self._post(channel, letter) for channel in self._present()))

    def _present(self) -> list[str]:
        """Every channel of the host; those that are gone are forgotten."""
        try:
            present = [path.name for path in self._directory.iterdir()]
        except FileNotFoundError:
            present = []
        for channel in self._peers.keys() - set(present):
            del self._peers[channel]
        return present

    async def _post(self, channel: str, letter: bytes) -> None:
        path = self._directory / channel
        try:
            peer = self._peers.get(channel)
            if peer is None:
                peer = self._peers[channel] = _Peer(path)
            await peer.post(letter)
        except (ConnectionRefusedError, FileNotFoundError):
            path.unlink(missing_ok=True)  # its process is gone


class _Inbox:
    """The receiving end of a channel, for the event loop that made it. Drops the oldest."""

    def __init__(self, path: Path, capacity: int) -> None:
        self.groups: set[str] = set()
        self._path = path
        self._letters: deque[dict[str, Any]] = deque(maxlen=capacity)
        self._arrived = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(str(path))
        self._loop.add_reader(self._socket, self._read)

    async def next(self) -> dict[str, Any]:
        while not self._letters:
            self._arrived.clear()
            await self._arrived.wait()
        return self._letters.popleft()

    def close(self) -> None:
        self._loop.remove_reader(self._socket)
        self._socket.close()
        self._path.unlink(missing_ok=True)

    def _read(self) -> None:
        for _ in range(_READS_AT_ONCE):
            try:
                letter = self._socket.recv(_LARGEST_BYTES)
            except BlockingIOError:
                return
            group, message = msgpack.unpackb(letter)
            if not group or group in self.groups:
                self._letters.append(message)
                self._arrived.set()


class _Peer:
    """The sending end. Each has its own socket, so that one who does not read fills only that."""

    def __init__(self, path: Path) -> None:
        self._shunned_until = 0.0
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER_BYTES)
        self._socket.connect(str(path))

    def __del__(self) -> None:
        self._socket.close()

    async def post(self, letter: bytes) -> None:
        """Wait a moment for a full reader; one that stays full is not waited for again so soon."""
        for pause in _PAUSES:
            if self._sent(letter):
                return
            if monotonic() < self._shunned_until:
                return
            await asyncio.sleep(pause)
        self._shunned_until = monotonic() + _SHUNNED_SECONDS

    def _sent(self, letter: bytes) -> bool:
        try:
            self._socket.send(letter)
        except BlockingIOError:
            return False
        except OSError as problem:
            if problem.errno == errno.ENOBUFS:
                return False
            raise
        return True


def _packed(group: str, message: dict[str, Any]) -> bytes:
    letter: bytes = msgpack.packb([group, message])
    if len(letter) > _LARGEST_BYTES:
        raise MessageTooLarge(f"{len(letter)} bytes; a datagram holds {_LARGEST_BYTES}")
    return letter
