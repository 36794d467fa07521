"""What one host is told, no other host hears."""

from collections.abc import Iterator

import pytest

from downloads.tests.fetching import Fetcher
from downloads.tests.origins import Answer, Origin, origin

SECRET = "canary-of-the-first-host"
COOKIE = {"Set-Cookie": f"session={SECRET}; Path=/"}


@pytest.fixture
def first() -> Iterator[Origin]:
    with origin() as one:
        yield one


@pytest.fixture
def second(sandbox) -> Iterator[Origin]:
    """Another host, that sends a whole video, a picture and subtitles."""
    with origin("127.0.0.2") as one:
        video = sandbox.media.test_clip.muxed.read_bytes()
        one.answers["/x.mp4"] = Answer(200, {"Content-Type": "video/mp4"}, video)
        one.answers["/x.vtt"] = Answer(200, {"Content-Type": "text/vtt"}, b"WEBVTT\n\n")
        yield one


def fetch(fetcher: Fetcher, first: Origin, second: Origin, path: str, source: str) -> str:
    network = {"allowed": [first.address, second.address], "proxy": "", "ca_file": ""}
    event = fetcher.events(f"{first.url}{path}", source, network=network)[-1]
    return str(event["event"])


def assert_nothing_told(second: Origin) -> None:
    assert second.asked
    for path, headers in second.asked:
        names = {name.lower() for name in headers}
        assert not names & {"cookie", "authorization", "proxy-authorization"}, path
        assert SECRET not in str(headers)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_cookie_does_not_follow_a_redirect(fetcher, first, second, status: int):
    headers = {**COOKIE, "Location": f"{second.url}/x.mp4"}
    first.answers["/x.mp4"] = Answer(status, headers)

    assert fetch(fetcher, first, second, "/x.mp4", "direct") == "done"
    assert_nothing_told(second)


def test_a_cookie_of_a_page_goes_to_none_of_the_hosts_it_speaks_of(fetcher, first, second):
    page = (
        f'<html><head><meta property="og:image" content="{second.url}/x.jpg"></head>'
        f'<video src="{second.url}/x.mp4">'
        f'<track kind="subtitles" srclang="pt" src="{second.url}/x.vtt"></video></html>'
    )
    first.answers["/page"] = Answer(200, {**COOKIE, "Content-Type": "text/html"}, page.encode())

    assert fetch(fetcher, first, second, "/page", "web") == "done"
    assert_nothing_told(second)
    assert {path for path, _ in second.asked} >= {"/x.mp4", "/x.vtt"}


def test_a_cookie_of_a_playlist_stays_with_its_host(fetcher, first, second, sandbox):
    segment = sandbox.media.test_clip.file("hls/seg000.ts")
    second.answers["/seg.ts"] = Answer(200, {"Content-Type": "video/mp2t"}, segment.read_bytes())
    playlist = (
        f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{second.url}/seg.ts\n#EXT-X-ENDLIST\n"
    )
    kind = {"Content-Type": "application/vnd.apple.mpegurl"}
    first.answers["/x.m3u8"] = Answer(200, {**COOKIE, **kind}, playlist.encode())

    assert fetch(fetcher, first, second, "/x.m3u8", "direct") == "done"
    assert_nothing_told(second)


def test_a_chain_of_redirects_ends_at_the_first_private_address(fetcher, first, second):
    with origin("127.0.0.3") as trap:
        first.answers["/1.mp4"] = Answer(302, {"Location": "/2.mp4"})
        first.answers["/2.mp4"] = Answer(301, {"Location": f"{second.url}/3.mp4"})
        second.answers["/3.mp4"] = Answer(307, {"Location": f"{first.url}/4.mp4"})
        first.answers["/4.mp4"] = Answer(308, {"Location": f"{trap.url}/5.mp4"})
        network = {"allowed": [first.address, second.address], "proxy": "", "ca_file": ""}

        failed = fetcher.failed(f"{first.url}/1.mp4", "direct", network=network)

        assert failed["code"] == "network.blocked_address"
        assert trap.asked == []
