"""What counts is the address at the moment of connecting, whatever a name meant before."""

from collections.abc import Iterator
from typing import Any

import pytest

from core.children import client
from downloads.tests.fetching import Fetcher
from downloads.tests.origins import Answer, Origin, same_port

ENTRY = "downloads.tests.rebinding:run"
NAME = "rebind.example"
HEAD = b"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n"


@pytest.fixture
def both(sandbox) -> Iterator[tuple[Origin, Origin]]:
    """One that is allowed, and the same port of another address of this machine, which is not.

    Both would send a whole video.
    """
    with same_port("127.0.0.1", "127.0.0.2") as (allowed, trap):
        video = sandbox.media.test_clip.muxed.read_bytes()
        allowed.answers["/x.mp4"] = Answer(200, {"Content-Type": "video/mp4"}, video)
        playlist = HEAD + b"seg000.ts\n#EXT-X-ENDLIST\n"
        kind = {"Content-Type": "application/vnd.apple.mpegurl"}
        allowed.answers["/x.m3u8"] = Answer(200, kind, playlist)
        allowed.answers["/seg000.ts"] = Answer(200, {"Content-Type": "video/mp2t"}, video)
        trap.answers = allowed.answers
        yield allowed, trap
        assert trap.asked == []


@pytest.fixture
def open_one(both) -> Origin:
    return both[0]


@pytest.fixture(autouse=True)
def trap(both) -> Origin:
    return both[1]


def fetched(fetcher: Fetcher, one: Origin, path: str, *found: list[str]) -> list[dict[str, Any]]:
    """All that the child says, with these answers of the name server one after the other."""
    network = {"allowed": [one.address], "proxy": "", "ca_file": ""}
    fetcher.workdir.mkdir(parents=True, exist_ok=True)
    url = f"http://{NAME}:{one.port}{path}"
    job = fetcher.job(url, "direct", network=network, names={NAME: list(found)})
    return fetcher.hear(client.launch(fetcher._socket, ENTRY, job))


def outcome(events: list[dict[str, Any]]) -> tuple[str, str]:
    last = events[-1]
    return last["event"], last.get("code", "")


def test_the_name_server_of_the_test_is_asked(fetcher, open_one):
    events = fetched(fetcher, open_one, "/x.mp4", ["127.0.0.1"])

    assert outcome(events) == ("done", "")
    assert {"event": "looked_up", "found": ["127.0.0.1"]} in events


def test_a_name_that_changes_its_address_is_not_followed_there(fetcher, open_one):
    events = fetched(fetcher, open_one, "/x.mp4", ["127.0.0.1"], ["127.0.0.2"])

    assert outcome(events) == ("failed", "network.blocked_address")
    assert len(open_one.asked) >= 1


def test_nor_is_it_in_the_middle_of_a_stream(fetcher, open_one):
    events = fetched(fetcher, open_one, "/x.m3u8", ["127.0.0.1"], ["127.0.0.1"], ["127.0.0.2"])

    assert outcome(events) == ("failed", "network.blocked_address")
    assert "/x.m3u8" in [path for path, _ in open_one.asked]


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.2"],
        ["::1", "127.0.0.2"],
        ["127.0.0.2", "::1"],
        ["64:ff9b::7f00:2"],
        ["64:ff9b:1::7f00:2"],
        ["2002:7f00:2::"],
        ["::7f00:2"],
        ["::ffff:127.0.0.2"],
        ["fe80::1"],
        ["169.254.169.254"],
    ],
)
def test_no_address_of_a_private_network_is_connected_to(fetcher, open_one, found):
    events = fetched(fetcher, open_one, "/x.mp4", found)

    assert outcome(events) == ("failed", "network.blocked_address")
    assert open_one.asked == []


def test_a_good_address_among_private_ones_is_the_only_one_used(fetcher, open_one):
    events = fetched(fetcher, open_one, "/x.mp4", ["127.0.0.2", "127.0.0.1"])

    assert events[-1]["event"] in {"done", "failed"}
    assert {path for path, _ in open_one.asked} <= {"/x.mp4"}


def test_a_name_without_an_address_is_no_way_around(fetcher, open_one):
    events = fetched(fetcher, open_one, "/x.mp4", [])

    assert outcome(events) == ("failed", "network.unreachable")
    assert open_one.asked == []
