"""A private internet on 127.0.0.1: one threaded server that is a proxy and an origin.

Plain http arrives in absolute form (`GET http://host/path`), https by CONNECT, where TLS ends
here with a leaf certificate of our own authority. Both are routed by host name. A request in
origin form (`GET /path`), or through the proxy to this very address, is routed by the first part
of its path. A host that nobody plays is answered 502 and noted as escaped: nothing ever leaves
the machine.
"""

import contextlib
import socket
import socketserver
import sys
import threading
import traceback
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast
from urllib.parse import SplitResult, parse_qs, urlsplit

from sandbox.authority import Authority
from sandbox.exchange import Exchange, Headers, Site
from sandbox.journal import Entry, Journal

CLIENT_SILENCE_SECONDS = 300


class Handler(BaseHTTPRequestHandler):
    """One connection; its thread serves one request after another."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "sandbox", ""
    timeout = CLIENT_SILENCE_SECONDS
    server: "_Server"
    tunnel: str | None = None  # "host:port" once CONNECT was answered

    def setup(self) -> None:
        super().setup()
        self.server.handlers.add(self)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)

    def finish(self) -> None:
        super().finish()
        self.server.handlers.discard(self)
        # After CONNECT this is not the socket that the server closes; and closed here, before the
        # server announces an orderly end, a connection can also be reset.
        self.connection.close()

    def log_message(self, *args: Any) -> None:
        """The journal is the log."""

    def do_CONNECT(self) -> None:
        host = self.path.rpartition(":")[0]
        if self.server.net.site(host) is None:
            self._refuse(f"https://{self.path}/")
            return
        self.send_response(HTTPStatus.OK, "Connection established")
        self.end_headers()
        self.tunnel = host
        context = self.server.net.authority.context(host)
        try:
            secured = context.wrap_socket(self.connection, server_side=True)
        except OSError:
            self.server.net.journal.note_untrusted(host)
            self.close_connection = True
            return
        self.rfile.close()
        self.connection = self.request = secured
        self.rfile = secured.makefile("rb", -1)
        self.wfile = cast("Any", secured.makefile("wb", 0))
        self.close_connection = False

    def answer(self) -> None:
        net, url = self.server.net, self._url()
        body = self._body()
        site, path = net.route(url)
        entry = net.journal.open(
            self.command,
            url.geturl(),
            dict(self.headers),
            self.client_address[1],
            keep=site not in net.unnoted,
        )
        entry.received = len(body)
        if site is None:
            self._refuse(url.geturl(), entry)
            return
        query = {name: values[-1] for name, values in parse_qs(url.query, True).items()}
        exchange = Exchange(
            self,
            entry,
            host=url.hostname or "",
            path=path,
            query=query,
            headers=self.headers,
            body=body,
        )
        self._let_answer(site, exchange, entry)

    def write_head(self, status: int, headers: Headers) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _let_answer(self, site: Site, exchange: Exchange, entry: Entry) -> None:
        try:
            site.answer(exchange)
        except OSError:  # the client left, or the sandbox is closing
            entry.aborted = self.close_connection = True
        except (LookupError, ValueError) as error:
            self.server.net.journal.note_error(f"{entry.url}\n{traceback.format_exc()}")
            exchange.text(f"asked wrongly: {error!r}", HTTPStatus.BAD_REQUEST, "text/plain")
        finally:
            self.server.net.journal.close(entry)

    def _body(self) -> bytes:
        """Whole, also when it comes in chunks."""
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        pieces = []
        while size := int(self.rfile.readline().split(b";")[0].strip() or b"0", 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass  # trailers
        return b"".join(pieces)

    def _url(self) -> SplitResult:
        if self.tunnel:
            return urlsplit(f"https://{self.tunnel}{self.path}")
        if self.path.startswith("http://"):
            return urlsplit(self.path)
        return urlsplit(f"http://{self.headers.get('Host', self.server.net.address)}{self.path}")

    def _refuse(self, url: str, entry: Entry | None = None) -> None:
        self.server.net.journal.note_escape(url)
        if entry:
            self.server.net.journal.close(entry, HTTPStatus.BAD_GATEWAY)
        self.write_head(HTTPStatus.BAD_GATEWAY, {"Content-Length": "0", "Connection": "close"})
        self.close_connection = True


for _method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
    setattr(Handler, f"do_{_method}", Handler.answer)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, net: "Net", port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.net = net
        self.handlers: set[Handler] = set()

    def server_bind(self) -> None:
        # The inherited one asks the resolver for our own name, which may take seconds.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), OSError):
            self.net.journal.note_error(traceback.format_exc())


class Net:
    """The server, the hosts it plays and the journal of what was asked."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.journal = Journal()
        self.authority = Authority(folder)
        self._hosts: dict[str, Site] = {}
        self._prefixes: dict[str, Site] = {}
        self.unnoted: list[Site] = []
        self._server = _Server(self, port)
        self.address = f"127.0.0.1:{self._server.server_port}"
        self._own_addresses = (self.address, f"localhost:{self._server.server_port}")

    def add_host(self, pattern: str, site: Site) -> None:
        """A host name, or `*.suffix` for every name below it."""
        self._hosts[pattern] = site

    def mount(self, prefix: str, site: Site, *, noted: bool = True) -> None:
        """Play the site at `http://<address>/<prefix>/` too; `""` takes all other paths."""
        self._prefixes[prefix] = site
        if not noted:
            self.unnoted.append(site)

    def site(self, host: str) -> Site | None:
        if host in self._hosts:
            return self._hosts[host]
        labels = host.split(".")
        suffixes = (".".join(labels[at:]) for at in range(1, len(labels)))
        return next((s for s in (self._hosts.get(f"*.{x}") for x in suffixes) if s), None)

    def route(self, url: SplitResult) -> tuple[Site | None, str]:
        """Who answers this address, and the path as that site sees it."""
        site = self.site(url.hostname or "")
        if site or url.netloc not in self._own_addresses:
            return site, url.path or "/"
        prefix, _, rest = url.path.lstrip("/").partition("/")
        if prefix in self._prefixes:
            return self._prefixes[prefix], f"/{rest}"
        return self._prefixes.get(""), url.path or "/"

    def start(self) -> None:
        serve = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        serve.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        for handler in list(self._server.handlers):
            # Not the TLS socket's own method: it also drops the state under a busy thread.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(handler.connection, socket.SHUT_RDWR)
        self.authority.close()
