"""Every connection of every process of a running product, as the kernel saw it.

The whole product runs under strace while it fetches good videos and hostile ones: web, worker,
supervisor, children, ffmpeg and deno connect to what is allowed and to nothing else.
"""

import contextlib
import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from classroom_site.tests import product as products
from classroom_site.tests.product import Product, SandboxProcess, eventually

STRACE = shutil.which("strace")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.skipif(not STRACE, reason="strace is not installed: connections go unwatched"),
]

MEGABYTE = 1_000_000
MOST = 5 * MEGABYTE
HLS = "application/vnd.apple.mpegurl"
_CONNECT = re.compile(
    r"connect\(\d+, \{sa_family=AF_INET6?, sin6?_port=htons\((?P<port>\d+)\)"
    r'.*?"(?P<host>[0-9a-fA-F.:]+)"'
)
FAULTS = [
    ("401/x.mp4", "source.login_required"),
    ("403/x.mp4", "source.private"),
    ("404/x.mp4", "source.not_found"),
    ("410/x.mp4", "source.removed"),
    ("drop/x.mp4", "network.interrupted"),
    ("lenbig/x.mp4", "network.interrupted"),
    ("lensmall/x.mp4", "file.corrupt"),
    ("html/x.mp4", "source.not_a_video"),
    ("htmlasmp4/x.mp4", "source.not_a_video"),
    ("jsonasmp4/x.mp4", "source.not_a_video"),
    ("empty/x.mp4", "source.not_a_video"),
    ("endless/x.mp4", "limit.size"),
    ("endlesschunked/x.mp4", "limit.size"),
    ("huge/x.mp4", "limit.size"),
    ("drip/x.mp4", "limit.stalled"),
]


class Canary:
    """A port on several addresses of this machine; nobody has any business there."""

    def __init__(self) -> None:
        first = socket.create_server(("127.0.0.1", 0))
        self.port: int = first.getsockname()[1]
        self._listeners = [first]
        for host, family in [("127.0.0.2", socket.AF_INET), ("::1", socket.AF_INET6)]:
            # Where somebody else has the port, the connections that were seen have to do.
            with contextlib.suppress(OSError):
                self._listeners.append(socket.create_server((host, self.port), family=family))
        for listener in self._listeners:
            listener.setblocking(False)

    def visits(self) -> int:
        found = 0
        for listener in self._listeners:
            try:
                listener.accept()[0].close()
                found += 1
            except BlockingIOError:
                continue
        return found

    def close(self) -> None:
        for listener in self._listeners:
            listener.close()


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory) -> Iterator[SandboxProcess]:
    sandbox = SandboxProcess(tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    canary = Canary()
    yield canary
    assert canary.visits() == 0
    canary.close()


@pytest.fixture(scope="module")
def watched(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("strace") / "connects"


@pytest.fixture(scope="module")
def product(tmp_path_factory, sandbox, watched: Path) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("product")
    product = Product(
        folder,
        **sandbox.environment(proxied=False),
        **sandbox.google(),
        MAX_DOWNLOAD_BYTES=str(MOST),
        WORKER_MAX_RETRIES="1",
        DOWNLOAD_STALL_SECONDS="12",
    )
    traced = folder / "python"
    traced.write_text(
        f"#!/bin/sh\nexec {STRACE} -D -f -qq --seccomp-bpf -s 200 -e trace=connect"
        f' -e signal=none -o {watched} {products.PYTHON} "$@"\n'
    )
    traced.chmod(0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(products, "PYTHON", str(traced))
        product.start(within=120)
    product.make_teacher()
    yield product
    product.close()


def hostile(sandbox: SandboxProcess, canary: Canary) -> dict[str, str]:
    trap = f"http://127.0.0.1:{canary.port}"
    other = f"http://127.0.0.2:{canary.port}"
    sixth = f"http://[::1]:{canary.port}"

    def told(body: str, kind: str, name: str) -> str:
        return f"{sandbox.origin}/bad/text/{name}?type={quote(kind)}&body={quote(body)}"

    start = "#EXTM3U\\n#EXT-X-TARGETDURATION:2\\n"
    piece = f"#EXTINF:2,\\n{sandbox.origin}/files/hls/seg000.ts\\n"
    redirect = f"{sandbox.origin}/bad/redir"
    return {
        "redirect": f"{redirect}/a.mp4?to={quote(f'{trap}/x.mp4')}",
        "redirect to IPv6": f"{redirect}/b.mp4?status=307&to={quote(f'{sixth}/x.mp4')}",
        "redirect to a number": f"{redirect}/c.mp4?to={quote(f'http://2130706433:{canary.port}')}",
        "redirect to the database": f"{redirect}/d.mp4?to={quote('http://127.0.0.1:5432/')}",
        "redirect to metadata": f"{redirect}/e.mp4?to={quote('http://169.254.169.254/latest')}",
        "segment": told(
            f"{start}{piece}#EXTINF:2,\\n{other}/s.ts\\n#EXT-X-ENDLIST\\n", HLS, "s.m3u8"
        ),
        "key": told(
            f'{start}#EXT-X-KEY:METHOD=AES-128,URI="{trap}/key"\\n{piece}#EXT-X-ENDLIST\\n',
            HLS,
            "k.m3u8",
        ),
        "picture": told(
            f'<html><meta property="og:image" content="{trap}/x.jpg">'
            f'<video src="{sandbox.origin}/files/muxed.mp4"></video></html>',
            "text/html",
            "p",
        ),
        "page": told(f'<html><video src="{trap}/x.mp4"></video></html>', "text/html", "v"),
    }


def connects(watched: Path) -> set[tuple[str, int]]:
    found = _CONNECT.finditer(watched.read_text(errors="replace"))
    return {(one["host"].removeprefix("::ffff:"), int(one["port"])) for one in found}


def name_servers() -> set[tuple[str, int]]:
    lines = Path("/etc/resolv.conf").read_text().splitlines()
    return {(line.split()[1], 53) for line in lines if line.startswith("nameserver ")}


def test_faults_of_a_source_have_their_code_and_cost_one_attempt(product, sandbox):
    made = {path: product.queue(f"{sandbox.origin}/bad/{path}")["id"] for path, _ in FAULTS}
    ended = {path: product.ended(pk, within=120) for path, pk in made.items()}

    found = {path: (one["status"], one["error"]["code"]) for path, one in ended.items()}
    assert found == {path: ("failed", code) for path, code in FAULTS}
    assert {one["attempt"] for one in ended.values()} == {1}
    assert all(one["error"]["reference"] for one in ended.values())
    eventually(lambda: not product.partials(), within=5)
    # An extractor looks before it fetches; what is sent lies in the buffers of the kernel.
    gone = [one for one in sandbox.log() if "/bad/410/" in one["url"]]
    assert len(gone) <= 2
    sent = [one["sent"] for one in sandbox.log() if "/bad/endless" in one["url"]]
    assert max(sent) <= MOST + 8 * MEGABYTE
    assert [one["sent"] for one in sandbox.log() if "/bad/huge/" in one["url"]][-1] <= 8 * MEGABYTE


def test_nothing_is_connected_to_but_what_is_allowed(product, sandbox, canary, watched):
    good = [
        product.queue(f"{sandbox.origin}/files/muxed.mp4"),
        product.queue(f"{sandbox.origin}/files/hls/master.m3u8", format="mkv"),
    ]
    bad = {name: product.queue(url)["id"] for name, url in hostile(sandbox, canary).items()}

    assert {product.ended(one["id"], within=90)["status"] for one in good} == {"completed"}
    codes = {name: product.ended(pk, within=90)["error"]["code"] for name, pk in bad.items()}

    assert codes == dict.fromkeys(bad, "network.blocked_address")
    allowed = {("127.0.0.1", int(sandbox.endpoint.rpartition(":")[2]))}
    own = {("127.0.0.1", product.port)}
    seen = connects(watched)
    assert seen >= allowed  # or nothing was watched
    assert seen - allowed - own - name_servers() == set()
    assert canary.visits() == 0


def test_what_a_user_pastes_is_refused_before_it_is_queued(product, canary, watched):
    before = len(product.downloads())
    for host in ("127.0.0.1", "127.1", "0x7f.1", "2130706433", "[::1]", "localhost", "0.0.0.0"):
        answer = product.call(
            "POST", "/downloads", json={"url": f"http://{host}:{canary.port}/x.mp4"}
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "network.blocked_address")
    assert len(product.downloads()) == before
    assert canary.port not in {port for _, port in connects(watched)}
