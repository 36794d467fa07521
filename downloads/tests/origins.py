"""Small servers on addresses of this machine, which remember who asked them for what."""

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes = b""


class Origin:
    """`answers` by path; what is not there is 404."""

    def __init__(self, host: str, port: int = 0) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.answers: dict[str, Answer | Callable[[], Answer]] = {}
        self._server = _Server((host, port), _handler(self))
        self.host, self.port = host, int(self._server.server_address[1])
        self.address = f"{host}:{self.port}"
        self.url = f"http://{self.address}"
        serve = self._server.serve_forever
        threading.Thread(target=serve, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str) -> Answer:
        found = self.answers.get(path.partition("?")[0], Answer(404, {}))
        return found if isinstance(found, Answer) else found()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def server_bind(self) -> None:
        """Without looking up its own name."""
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "origin", self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves early is no news."""


def _handler(origin: Origin) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            origin.asked.append((self.path, dict(self.headers)))
            status, headers, body = origin.answer(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    return Handler


@contextmanager
def origin(host: str = "127.0.0.1", port: int = 0) -> Iterator[Origin]:
    made = Origin(host, port)
    yield made
    made.close()


@contextmanager
def same_port(first: str, second: str) -> Iterator[tuple[Origin, Origin]]:
    """Two servers on one port of two addresses of this machine."""
    for _ in range(50):
        one = Origin(first)
        try:
            other = Origin(second, one.port)
        except OSError:  # somebody has that port there
            one.close()
            continue
        yield one, other
        one.close()
        other.close()
        return
    raise AssertionError("no port is free on both")
