"""No request made for a user reaches a private address, whatever leads there."""

import socket
import threading
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from downloads.tests.fetching import Fetcher

SPELLINGS = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "0.0.0.0",
    "localhost",
    "localhost.",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "127.0.0.2",
]
HEAD = "#EXTM3U\\n#EXT-X-TARGETDURATION:2\\n"
END = "#EXT-X-ENDLIST\\n"
GOOD_PIECE = "#EXTINF:2,\\n{origin}/files/hls/seg000.ts\\n"
PLAYLISTS = {
    "segment": HEAD + "#EXTINF:2,\\n{canary}/seg.ts\\n" + END,
    "second segment": HEAD + GOOD_PIECE + "#EXTINF:2,\\n{canary}/seg.ts\\n" + END,
    "key": HEAD + '#EXT-X-KEY:METHOD=AES-128,URI="{canary}/key"\\n' + GOOD_PIECE + END,
    "map": HEAD + '#EXT-X-MAP:URI="{canary}/init.mp4"\\n' + GOOD_PIECE + END,
    "master": "#EXTM3U\\n#EXT-X-STREAM-INF:BANDWIDTH=1\\n{canary}/media.m3u8\\n",
    "key for ffmpeg": HEAD
    + '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="{canary}/key"\\n#EXTINF:2,\\n{canary}/seg.ts\\n'
    + END,
    "live for ffmpeg": HEAD + "#EXT-X-MEDIA-SEQUENCE:5\\n#EXTINF:2,\\n{canary}/seg.ts\\n",
}
MANIFEST = (
    '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
    'mediaPresentationDuration="PT2S"><Period><AdaptationSet mimeType="video/mp4">'
    '<Representation id="1" bandwidth="1" width="1" height="1" codecs="avc1">'
    "<BaseURL>{canary}/x.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>"
)
PAGES = {
    "video": '<html><video src="{canary}/x.mp4"></video></html>',
    "source": '<html><video><source src="{canary}/x.mp4"></video></html>',
    "meta": '<html><meta http-equiv="refresh" content="0;url={canary}/x.mp4"></html>',
    "picture": (
        '<html><meta property="og:image" content="{canary}/x.jpg">'
        '<video src="{origin}/files/muxed.mp4"></video></html>'
    ),
}


class Canary:
    """A port on every loopback address that must not be reached."""

    def __init__(self) -> None:
        self._sockets = [socket.create_server(("127.0.0.1", 0))]
        self.port: int = self._sockets[0].getsockname()[1]
        self._sockets.append(socket.create_server(("127.0.0.2", self.port)))
        self._sockets.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))
        self.visits = 0
        for listener in self._sockets:
            threading.Thread(target=self._serve, args=(listener,), daemon=True).start()

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                visitor, _ = listener.accept()
            except OSError:
                return
            self.visits += 1
            visitor.close()

    def close(self) -> None:
        for listener in self._sockets:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()


@pytest.fixture
def canary() -> Iterator[Canary]:
    canary = Canary()
    yield canary
    canary.close()
    assert canary.visits == 0


def told(fetcher: Fetcher, body: str, content_type: str, canary: Canary, name: str = "x") -> str:
    """An address of the sandbox's own that answers with this text."""
    origin, trap = fetcher.sandbox.origin, f"http://127.0.0.1:{canary.port}"
    body = body.replace("{origin}", origin).replace("{canary}", trap)
    return f"{origin}/bad/text/{name}?type={quote(content_type)}&body={quote(body)}"


def refused(fetcher: Fetcher, url: str, source: str = "web", **over: object) -> None:
    failed = fetcher.failed(url, source, **{"network": fetcher.direct(), **over})
    assert (failed["code"], failed["retryable"]) == ("network.blocked_address", False)


@pytest.mark.parametrize("host", SPELLINGS)
def test_the_link_itself(fetcher: Fetcher, canary: Canary, host: str):
    refused(fetcher, f"http://{host}:{canary.port}/x.mp4", "direct")


@pytest.mark.parametrize("host", ["127.0.0.1", "0x7f.1", "localhost", "[::1]"])
def test_the_link_itself_with_a_proxy(fetcher: Fetcher, canary: Canary, host: str):
    url, network = f"http://{host}:{canary.port}/x.mp4", fetcher.job("")["network"]

    refused(fetcher, url, "direct", network=network)
    refused(fetcher, url.replace("http:", "https:"), "direct", network=network)


@pytest.mark.parametrize("port", [22, 25, 5432, 6379])
def test_ports_of_other_services(fetcher: Fetcher, port: int):
    refused(fetcher, f"http://127.0.0.1:{port}/x.mp4", "direct")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect(fetcher: Fetcher, canary: Canary, status: int):
    to = quote(f"http://127.0.0.1:{canary.port}/x.mp4")

    refused(fetcher, f"{fetcher.sandbox.origin}/bad/redir/x.mp4?status={status}&to={to}", "direct")


def test_a_redirect_with_a_proxy(fetcher: Fetcher, canary: Canary):
    to = quote(f"http://127.0.0.1:{canary.port}/x.mp4")
    network = fetcher.job("")["network"]

    refused(fetcher, f"http://bad.example/redir/x.mp4?to={to}", "direct", network=network)


@pytest.mark.parametrize("what", PLAYLISTS)
def test_what_a_playlist_leads_to(fetcher: Fetcher, canary: Canary, what: str):
    url = told(fetcher, PLAYLISTS[what], "application/vnd.apple.mpegurl", canary, "x.m3u8")

    failed = fetcher.failed(url, "direct", network=fetcher.direct())

    assert failed["retryable"] is False
    if what.endswith("for ffmpeg"):  # it never gets as far as an address
        assert failed["code"] == "source.unsupported"
    else:
        assert failed["code"] == "network.blocked_address"


def test_what_a_manifest_leads_to(fetcher: Fetcher, canary: Canary):
    refused(fetcher, told(fetcher, MANIFEST, "application/dash+xml", canary, "x.mpd"), "direct")


@pytest.mark.parametrize("what", ["video", "source", "picture"])
def test_what_a_page_leads_to(fetcher: Fetcher, canary: Canary, what: str):
    refused(fetcher, told(fetcher, PAGES[what], "text/html", canary))


def test_a_page_that_sends_its_reader_on(fetcher: Fetcher, canary: Canary):
    to = quote(f"http://127.0.0.1:{canary.port}/x.mp4")

    fetcher.failed(f"{fetcher.sandbox.origin}/bad/refresh/x?to={to}", network=fetcher.direct())


@pytest.mark.parametrize("content", ["#EXTM3U\\n#EXTINF:2,\\nfile://{secret}\\n", "ffconcat"])
def test_a_video_that_is_a_list_of_files_of_ours(fetcher: Fetcher, canary, content, tmp_path):
    secret = tmp_path / "secret.ts"
    secret.write_bytes(b"TOP SECRET" * 1000)
    body = content.replace("{secret}", str(secret))
    if content == "ffconcat":
        body = f"ffconcat version 1.0\\nfile {secret}\\n"

    failed = fetcher.failed(
        told(fetcher, body, "video/mp4", canary, "x.mp4"),
        "direct",
        format="mkv",
        network=fetcher.direct(),
    )

    assert failed["code"] == "source.not_a_video"
    assert not any(b"TOP SECRET" in p.read_bytes() for p in fetcher.workdir.rglob("*.*"))


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x.mp4", "data:,x"])
def test_other_schemes(fetcher: Fetcher, url: str):
    to = quote(url)

    for address in (url, f"{fetcher.sandbox.origin}/bad/redir/x.mp4?to={to}"):
        assert fetcher.events(address, network=fetcher.direct())[-1]["event"] == "failed"


def test_the_allowed_endpoint_works_without_a_proxy(fetcher: Fetcher):
    url = f"{fetcher.sandbox.origin}/files/unique/lesson/400000.mp4"

    done = fetcher.done(url, "direct", network=fetcher.direct())

    assert done["sha256"] == fetcher.sandbox.unique("lesson", 400_000).sha256()


def test_a_stream_of_the_allowed_endpoint_works_without_a_proxy(fetcher: Fetcher):
    url = f"{fetcher.sandbox.origin}/files/hls/master.m3u8"

    assert fetcher.done(url, "direct", network=fetcher.direct())["container"] == "mp4"


def test_a_certificate_is_checked(fetcher: Fetcher):
    network = {**fetcher.job("")["network"], "ca_file": ""}

    failed = fetcher.failed("https://videos.example/muxed.mp4", "direct", network=network)

    assert failed["code"] == "network.unreachable"
    assert "certificate" in failed["detail"].lower()


def test_an_environment_with_a_proxy_changes_nothing(fetcher: Fetcher, monkeypatch):
    """The fork server has what its parent has; only the operator's setting counts."""
    url = f"{fetcher.sandbox.origin}/files/muxed.mp4"

    fetcher.done(url, "direct", network=fetcher.direct())

    assert fetcher.sandbox.log.requests("muxed")[0].url == url
