"""Hosts that answer with numbers and letters that nothing of ours could store."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from downloads.engines import fragments
from downloads.engines.failures import Stop
from downloads.tests.fetching import BAD, Fetcher

ANNOUNCED = b"99999999999999999999999999"


@contextmanager
def host(answer: bytes) -> Iterator[str]:
    """Says the same to everybody."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve, args=(listener, answer), daemon=True).start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def _serve(listener: socket.socket, answer: bytes) -> None:
    while True:
        try:
            visitor, _ = listener.accept()
        except OSError:
            return
        with visitor:
            visitor.recv(65_536)
            visitor.sendall(answer)


def failed(fetcher: Fetcher, answer: bytes, **over: Any) -> dict[str, Any]:
    with host(answer) as address:
        network = {"allowed": [address], "proxy": "", "ca_file": ""}
        return fetcher.failed(f"http://{address}/x.mp4", "direct", network=network, **over)


@pytest.mark.parametrize("status", [b"200 OK", b"206 Partial Content"])
@pytest.mark.parametrize("length", [ANNOUNCED, b"9" * 4000])
def test_no_range_hides_a_length_that_is_too_large(fetcher: Fetcher, status: bytes, length: bytes):
    event = failed(
        fetcher,
        b"HTTP/1.1 %s\r\nContent-Type: video/mp4\r\nContent-Length: %s\r\n"
        b"Content-Range: bytes 0-99/100\r\nConnection: close\r\n\r\n" % (status, length),
    )

    assert (event["code"], event["retryable"]) == ("limit.size", False)


def test_a_range_counts_only_where_one_is_given(fetcher: Fetcher):
    event = failed(
        fetcher,
        b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 4\r\n"
        b"Content-Range: bytes 0-3/%s\r\nConnection: close\r\n\r\nnope" % ANNOUNCED,
    )

    assert event["code"] == "source.not_a_video"


def test_a_status_with_odd_letters_leaves_none_in_the_failure(fetcher: Fetcher):
    event = failed(fetcher, b"HTTP/1.1 404 Not\x00 \x1b[31mFound\r\nContent-Length: 0\r\n\r\n")

    assert event["code"] == "source.not_found"
    assert event["detail"].endswith("HTTP Error 404: Not [31mFound")


@pytest.mark.parametrize("fault", ["passes", "nolen"])
def test_a_piece_of_a_stream_is_held_to_a_size(fetcher: Fetcher, fault: str):
    piece = "http://videos.example/muxed.mp4" if fault == "passes" else f"{BAD}/nolen/x.mp4"
    playlist = f"%23EXTM3U\\n%23EXT-X-TARGETDURATION:2\\n%23EXTINF:2,\\n{piece}"
    playlist += "\\n%23EXT-X-ENDLIST\\n"
    url = f"{BAD}/text/x.m3u8?body={playlist}"

    event = fetcher.failed(url, "direct", limits={"piece_bytes": 10_000})

    assert (event["code"], event["retryable"]) == ("limit.size", False)
    assert fetcher.partial_bytes() == 0


def test_pieces_may_be_ranges_of_a_large_file(fetcher: Fetcher):
    file = fetcher.sandbox.media.test_clip.file("hls/seg000.ts")
    assert file
    size, most = file.stat().st_size, 50_000
    assert size > most
    lines = ["%23EXTM3U", "%23EXT-X-VERSION:4", "%23EXT-X-TARGETDURATION:10"]
    for start in range(0, size, most):
        lines += ["%23EXTINF:0.5,", f"%23EXT-X-BYTERANGE:{min(most, size - start)}@{start}"]
        lines += ["http://videos.example/hls/seg000.ts"]
    url = f"{BAD}/text/x.m3u8?body=" + "\\n".join([*lines, "%23EXT-X-ENDLIST", ""])

    assert fetcher.done(url, "direct", limits={"piece_bytes": most})["container"] == "mp4"


def test_a_piece_that_came_in_several_answers_is_held_to_it_too(tmp_path: Path):
    path = tmp_path / "part-0.part-Frag1"
    path.touch()
    os.truncate(path, fragments.MAX_PIECE_BYTES + 1)

    with pytest.raises(Stop) as stopped:
        fragments._read_piece(None, {"fragment_filename_sanitized": str(path)})

    assert stopped.value.cause.code == "limit.size"
