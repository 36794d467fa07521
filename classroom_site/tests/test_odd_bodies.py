"""Bodies that are huge, endless or mad, against the running web server: refused, and cheaply."""

import contextlib
import gzip
import json
import socket
from collections.abc import Iterator

import psutil
import pytest
import requests

from classroom_site.tests.product import Product
from classroom_site.tests.webserver import web_server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Product, psutil.Process]]:
    with web_server(tmp_path_factory.mktemp("bodies")) as found:
        yield found


def post(product: Product, body: object, **headers: str) -> int:
    """The status; a refusal may come while the body is still being sent."""
    headers = {"Content-Type": "application/json", **headers}
    return product.call("POST", "/downloads", data=body, headers=headers).status_code


def endless(product: Product) -> str:
    """The first line of the answer to a body whose end never comes."""
    head = (
        f"POST /api/v1/downloads HTTP/1.1\r\nHost: 127.0.0.1:{product.port}\r\n"
        f"Authorization: Bearer {product._key}\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    )
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    with socket.create_connection(("127.0.0.1", product.port), 10) as line:
        line.sendall(head.encode())
        try:
            for _ in range(2000):
                line.sendall(chunk)
        except OSError:
            pass  # the other side has had enough
        return line.recv(100).decode().partition("\r\n")[0]


MAD = {
    "depth": (b'{"url":' * 100_000, 400),
    "twice": (b'{"url": "https://a.example/", "url": "https://b.example/"}', 400),
    "nan": (b'{"url": NaN}', 400),
    "too whole": (json.dumps({"subscription_id": 2**63}).encode(), 400),
    "nul": (b'{"url": "https://example.org/\\u0000"}', 400),
    "wrong types": (b'{"url": [{}], "priority": {}}', 400),
    "5 MB": (b'{"url": "' + b"x" * 5 * MEGABYTE, 413),
    "bomb": (gzip.compress(b" " * 100 * MEGABYTE), 400),
}


def test_each_is_refused_and_the_server_stays_small(running):
    product, process = running
    assert requests.get(f"{product.url}/health/live", timeout=10).ok
    before = process.memory_info().rss
    for name, (body, status) in MAD.items():
        headers = {"Content-Encoding": "gzip"} if name == "bomb" else {}
        assert post(product, body, **headers) == status, name
    assert process.memory_info().rss - before < 100 * MEGABYTE
    assert product.call("GET", "/downloads").json()["total"] == 0


def test_a_hundred_megabytes_and_no_end_are_cut_off(running):
    product, process = running
    before = process.memory_info().rss
    with contextlib.suppress(requests.ConnectionError):  # to hang up on us is a refusal too
        assert post(product, b" " * 100 * MEGABYTE) == 413
    assert endless(product) in {"HTTP/1.1 413 Content Too Large", ""}
    assert process.memory_info().rss - before < 100 * MEGABYTE
    assert product.call("GET", "/downloads").status_code == 200
