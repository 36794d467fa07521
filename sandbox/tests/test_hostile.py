"""The hostile origin: what the real yt-dlp makes of every fault."""

import http.client
import time
from urllib.parse import quote

import pytest

from sandbox.sites import faults
from sandbox.tests.waiting import until


@pytest.mark.parametrize("status", [401, 403, 404, 410, 429, 500, 502, 503])
def test_a_status_is_what_the_extractor_reports(sandbox, fetch, status):
    fetched = fetch(f"{sandbox.origin}/bad/{status}/x.mp4")

    assert f"Unable to download webpage: HTTP Error {status}" in fetched.error
    assert fetched.files == {}


def test_retry_after_is_told_where_waiting_helps(get):
    assert get("/bad/429/x.mp4").headers["Retry-After"] == "7"
    assert get("/bad/503/x.mp4?after=3").headers["Retry-After"] == "3"
    assert get("/bad/404/x.mp4").headers["Retry-After"] is None


def test_a_passing_fault_passes(sandbox, fetch, get):
    url = f"{sandbox.origin}/bad/once503/x.mp4"
    assert "HTTP Error 503" in fetch(url).error
    assert fetch(url).error == ""

    asked = [get("/bad/once404/y.mp4?at=2&times=2").status for _ in range(4)]
    assert asked == [200, 404, 404, 200]
    sandbox.reset()
    assert get("/bad/once503/x.mp4").status == 503


def test_a_cut_transfer_goes_on_where_it_stopped(sandbox, fetch):
    fetched = fetch(f"{sandbox.origin}/bad/droponce/cut.mp4?size=900000&part=0.6")

    assert fetched.error == ""
    asked = sandbox.log.requests()[2].headers["Range"]
    assert 0 < int(asked.removeprefix("bytes=").removesuffix("-")) <= 540_000
    assert fetched.video == whole(sandbox, "cut", 900_000)


def test_a_cut_transfer_starts_again_where_ranges_are_ignored(sandbox, fetch):
    fetched = fetch(f"{sandbox.origin}/bad/droponce/cut.mp4?size=900000&ranges=0")

    assert fetched.error == ""
    assert [entry.status for entry in sandbox.log.requests()] == [200, 200, 200]
    assert fetched.video == whole(sandbox, "cut", 900_000)


def test_a_file_that_changed_meanwhile_tells_by_its_etag(sandbox, get):
    path = "/bad/changed/x.mp4?size=300000&at=1"
    with pytest.raises(http.client.IncompleteRead) as cut:
        get(path).read()
    assert len(cut.value.partial) == 150_000

    answers = [get(path), get(path, Range="bytes=150000-")]
    assert [answer.headers["ETag"] for answer in answers] == ['"x-changed-493e0"'] * 2
    assert answers[0].read() == whole(sandbox, "x-changed", 300_000)
    assert answers[1].read() == whole(sandbox, "x-changed", 300_000)[150_000:]
    assert get(path, Range="bytes=150000-", If_Range='"x-493e0"').status == 200


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("drop", "bytes read"),
        ("reset", "Connection reset by peer"),
        ("lenbig", "1000 more expected"),
        ("empty", "Did not get any data blocks"),
        ("html", "Unsupported URL"),
        ("loop", "redirect loop detected"),
    ],
)
def test_a_fault_that_shows_is_refused(sandbox, fetch, fault, words):
    fetched = fetch(f"{sandbox.origin}/bad/{fault}/x.mp4")

    assert words in fetched.error
    assert fetched.files == {}


@pytest.mark.parametrize(
    ("fault", "size"),
    [
        ("lensmall", 150_000),
        ("htmlasmp4", len(faults.LOGIN_PAGE)),
        ("jsonasmp4", 46),
        ("garbage", 200_000),
        ("nolen", 300_000),
    ],
)
def test_a_fault_that_does_not_show_is_a_success_for_the_extractor(sandbox, fetch, fault, size):
    """Which is why the product has to look at what arrived."""
    fetched = fetch(f"{sandbox.origin}/bad/{fault}/x.mp4?size=300000")

    assert (fetched.error, fetched.files) == ("", {"video.mp4": size})


@pytest.mark.parametrize("fault", ["stall", "noanswer"])
def test_silence_lasts_until_the_client_gives_up(sandbox, fetch, fault):
    started = time.monotonic()
    fetched = fetch(f"{sandbox.origin}/bad/{fault}/x.mp4", socket_timeout=0.3, retries=0)

    assert "Read timed out" in fetched.error
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("fault", ["endless", "endlesschunked", "endlesspage", "huge"])
def test_a_flood_goes_on_until_the_client_leaves(sandbox, get, fault):
    answer = get(f"/bad/{fault}/x.mp4")
    received = sum(len(answer.read(100_000)) for _ in range(30))
    answer.close()

    assert received == 3_000_000
    assert answer.headers["Content-Length"] == (str(5 * 10**12) if fault == "huge" else None)
    until(lambda: sandbox.log.requests()[0].aborted)


def test_a_drip_is_ten_bytes_a_second(get):
    answer = get("/bad/drip/x.mp4")
    started = time.monotonic()

    assert len(answer.read(8)) == 8
    assert 0.5 < time.monotonic() - started < 3


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_leads_anywhere(sandbox, fetch, status):
    to = "http://videos.example/unique/there/100000.mp4"
    fetched = fetch(f"{sandbox.origin}/bad/redir/x.mp4?to={to}&status={status}")

    assert fetched.files == {"video.mp4": 100_000}
    assert sandbox.log.requests()[0].status == status


INWARD = "http://127.0.0.2:9/inward.ts"


def playlist(*lines):
    body = "\n".join(["#EXTM3U", "#EXT-X-TARGETDURATION:2", *lines, "#EXT-X-ENDLIST"])
    return f"text/x.m3u8?body={quote(body)}"


SEGMENT = ("#EXTINF:2,", "/media/hls/seg000.ts")
LEADS_INWARD = {
    "redirect": f"redir/x.mp4?to={INWARD}",
    "refresh": f"refresh/x.html?to={INWARD}",
    "segment": playlist("#EXTINF:2,", INWARD),
    "key": playlist(f'#EXT-X-KEY:METHOD=AES-128,URI="{INWARD}"', *SEGMENT),
    "map": playlist(f'#EXT-X-MAP:URI="{INWARD}"', *SEGMENT),
    "master": f"text/x.m3u8?body=%23EXTM3U%0A%23EXT-X-STREAM-INF:BANDWIDTH=1%0A{INWARD}",
    "page": f"text/x.html?type=text/html&body=<video src=%22{INWARD}%22></video>",
}


@pytest.mark.parametrize("path", LEADS_INWARD.values(), ids=LEADS_INWARD)
def test_an_unguarded_client_can_be_led_inward(sandbox, fetch, path):
    """The guard is the product's: here every way in is seen to be one."""
    fetched = fetch(f"{sandbox.origin}/bad/{path}")

    assert fetched.error
    assert set(sandbox.log.escaped) == {INWARD}


def test_an_unknown_fault_is_not_found(get):
    assert get("/bad/unknown/x.mp4").status == 404


def whole(sandbox, seed, size):
    return b"".join(bytes(block) for block in sandbox.unique(seed, size).blocks(0, size))
