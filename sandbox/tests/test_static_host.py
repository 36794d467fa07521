"""The static host: direct files, HLS with and without a key, DASH, and pages."""

import pytest

from sandbox.tests.films import look


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_direct_file_arrives_byte_for_byte(sandbox, fetch, scheme):
    fetched = fetch(f"{scheme}://videos.example/unique/direct/400000.mp4")

    assert fetched.error == ""
    assert fetched.files == {"video.mp4": 400_000}
    expected = sandbox.unique("direct", 400_000)
    assert fetched.video == b"".join(bytes(block) for block in expected.blocks(0, 400_000))


def test_a_direct_file_arrives_without_a_proxy_too(sandbox, fetch):
    fetched = fetch(f"{sandbox.origin}/media/muxed.mp4", proxy="")

    assert fetched.video == sandbox.media.test_clip.muxed.read_bytes()


@pytest.mark.parametrize(
    "path",
    ["hls/master.m3u8", "hls/media.m3u8", "hls_aes/master.m3u8", "dash/manifest.mpd", "page.html"],
)
def test_a_stream_or_a_page_becomes_one_video_of_ten_seconds(sandbox, fetch, path):
    fetched = fetch(f"http://videos.example/{path}")

    assert (fetched.error, sandbox.log.escaped) == ("", [])
    film = look(str(fetched.home / "video.mp4"))
    assert sorted(film.codecs) == ["aac", "h264"]
    assert (film.frames, film.height) == (150, 360)
    assert film.seconds == pytest.approx(10, abs=0.3)


def test_a_page_without_a_video_is_unsupported(fetch):
    url = "http://videos.example/empty.html"

    assert fetch(url).error == f"ERROR: Unsupported URL: {url}"
