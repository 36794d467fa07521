"""The child's side of the connection: it tells, it asks, and it ends when nobody listens."""

import os
import queue
import signal
import socket
import threading

from core.children.wire import MAX_LINE_BYTES, Lines, Message, pack


class Line:
    """To the caller: events, and questions that it answers. Without it this process ends."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._sending = threading.Lock()
        self._asking = threading.Lock()
        self._answers: queue.SimpleQueue[Message] = queue.SimpleQueue()

    def __call__(self, message: Message) -> None:
        with self._sending:
            try:
                self._connection.sendall(pack(message))
            except OSError:
                os.killpg(0, signal.SIGKILL)

    def ask(self, question: Message) -> Message:
        """Wait for the answer, which comes or else this process is ended."""
        with self._asking:
            self({**question, "event": "ask"})
            return self._answers.get()

    def listen(self) -> None:
        """The caller sends answers and nothing else; when its end closes, it is gone."""
        lines = Lines()
        try:
            while data := self._connection.recv(MAX_LINE_BYTES):
                for answer in lines.feed(data):
                    self._answers.put(answer)
        finally:
            os.killpg(0, signal.SIGKILL)
