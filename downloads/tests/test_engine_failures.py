"""Every way a source misbehaves ends with its exact code, and with nothing to publish."""

import time
from pathlib import Path

import pytest

from downloads.tests.fetching import BAD, VIDEOS, YOUTUBE, Fetcher

DRIVE = "https://drive.google.com/file/d/1AbCdEfGhIjKlMnOpQrStUvWxYz0123{}/view"

REFUSED = [
    (f"{BAD}/401/x.mp4", "source.login_required", False, None),
    (f"{BAD}/403/x.mp4", "source.private", False, None),
    (f"{BAD}/404/x.mp4", "source.not_found", False, None),
    (f"{BAD}/410/x.mp4", "source.removed", False, None),
    (f"{BAD}/451/x.mp4", "source.geo_blocked", False, None),
    (f"{BAD}/429/x.mp4?after=11", "source.rate_limited", True, 11),
    (f"{BAD}/500/x.mp4", "network.unreachable", True, None),
    (f"{BAD}/503/x.mp4?after=30", "network.unreachable", True, 30),
    (f"{BAD}/once429/x.mp4?at=2&after=5", "source.rate_limited", True, None),
    (f"{BAD}/504/x.mp4", "network.timeout", True, None),
    (f"{BAD}/drop/x.mp4", "network.interrupted", True, None),
    (f"{BAD}/reset/x.mp4", "network.interrupted", True, None),
    (f"{BAD}/lenbig/x.mp4", "network.interrupted", True, None),
    (f"{BAD}/loop/x.mp4", "source.unsupported", False, None),
    ("http://nobody.invalid/x.mp4", "network.unreachable", True, None),
    ("https://nobody.invalid/x.mp4", "network.unreachable", True, None),
]
# Nothing of these may be continued, so nothing may be left to continue.
WRONG_CONTENT = [
    (f"{BAD}/html/x.mp4", "source.not_a_video", False),
    (f"{BAD}/htmlasmp4/x.mp4", "source.not_a_video", False),
    (f"{BAD}/jsonasmp4/x.mp4", "source.not_a_video", False),
    (f"{BAD}/empty/x.mp4", "source.not_a_video", False),
    (f"{BAD}/garbage/x.mp4", "source.not_a_video", False),
    (f"{BAD}/lensmall/x.mp4", "file.corrupt", True),
    (f"{BAD}/lensmall/x.mp4?size=900000", "file.corrupt", True),
    (f"{BAD}/huge/x.mp4", "limit.size", False),
    (f"{BAD}/endless/x.mp4", "limit.size", False),
    (f"{BAD}/endlesschunked/x.mp4", "limit.size", False),
    (f"{BAD}/endlesspage/x.mp4", "source.unsupported", False),
]
YOUTUBE_SAYS = [
    ("private0000", "source.private", False),
    ("removed0000", "source.removed", False),
    ("missing0000", "source.not_found", False),
    ("agegate0000", "source.age_restricted", False),
    ("geoblock000", "source.geo_blocked", False),
    ("notabot0000", "source.bot_check", False),
    ("ratelimit00", "source.rate_limited", True),
    ("members0000", "source.login_required", False),
    ("premiere000", "source.unsupported", False),
    ("http429xxxx", "source.rate_limited", True),
]


@pytest.mark.parametrize(("url", "code", "retryable", "after"), REFUSED)
def test_a_refusal_has_its_code(fetcher: Fetcher, url, code, retryable, after):
    failed = fetcher.failed(url, "direct")

    assert (failed["code"], failed["retryable"]) == (code, retryable)
    if after:
        assert failed["retry_after"] == after
    assert failed["busy"] is False
    assert failed["detail"]


@pytest.mark.parametrize(("url", "code", "retryable"), WRONG_CONTENT)
def test_content_that_is_no_whole_video_is_refused(fetcher: Fetcher, url, code, retryable):
    failed = fetcher.failed(url, "direct", max_bytes=2 << 20)

    assert (failed["code"], failed["retryable"]) == (code, retryable)
    assert fetcher.partial_bytes() == 0


@pytest.mark.parametrize(("video", "code", "retryable"), YOUTUBE_SAYS)
def test_youtubes_own_words_have_their_code(fetcher: Fetcher, video, code, retryable):
    failed = fetcher.failed(YOUTUBE + video, "youtube")

    assert (failed["code"], failed["retryable"]) == (code, retryable)
    assert "yt-dlp" not in failed["detail"]


def test_a_site_that_slows_visitors_down_is_left_alone_for_an_hour(fetcher: Fetcher):
    assert fetcher.failed(f"{YOUTUBE}ratelimit00", "youtube")["retry_after"] == 3600


@pytest.mark.parametrize(
    ("word", "code"), [("PRIVATE", "source.private"), ("MISSING", "source.not_found")]
)
def test_drive_files_that_cannot_be_had(fetcher: Fetcher, word, code):
    assert fetcher.failed(DRIVE.format(word), "drive")["code"] == code


@pytest.mark.parametrize("fault", ["stall", "noanswer"])
def test_silence_is_a_timeout(fetcher: Fetcher, fault: str):
    started = time.monotonic()

    failed = fetcher.failed(
        f"{BAD}/{fault}/x.mp4", "direct", limits={"socket_seconds": 0.5, "retries": 0}
    )

    assert (failed["code"], failed["retryable"]) == ("network.timeout", True)
    assert time.monotonic() - started < 3


def test_the_announced_size_is_refused_before_any_byte_is_fetched(fetcher: Fetcher):
    failed = fetcher.failed(f"{BAD}/huge/x.mp4", "direct")

    assert "5000000000000 bytes" in failed["detail"]
    assert len(fetcher.sandbox.log.requests("/huge/")) == 1


def test_an_endless_body_stops_at_the_limit(fetcher: Fetcher):
    fetcher.failed(f"{BAD}/endless/x.mp4", "direct", max_bytes=20_000_000)

    sent = fetcher.sandbox.log.requests("/endless/")[-1].sent
    assert sent < 20_000_000 + 8_000_000  # a block, and what lay in the buffers of the kernel


def test_the_kernel_holds_the_limit_where_nothing_else_does(fetcher: Fetcher):
    failed = fetcher.failed(f"{BAD}/endless/x.mp4", "direct", limits={"file_bytes": 1 << 20})

    assert (failed["code"], failed["retryable"]) == ("limit.size", False)
    assert fetcher.partial_bytes() == 0


def test_too_long_a_video_is_refused_before_it_is_fetched(fetcher: Fetcher):
    failed = fetcher.failed(f"{YOUTUBE}okvideo0001", "youtube", max_seconds=9)

    assert (failed["code"], failed["retryable"]) == ("limit.duration", False)
    assert fetcher.sandbox.log.requests("videoplayback") == []


def test_too_long_a_file_is_refused_once_its_length_is_known(fetcher: Fetcher):
    failed = fetcher.failed(f"{VIDEOS}/muxed.mp4", "direct", max_seconds=9)

    assert failed["code"] == "limit.duration"


def test_too_large_a_video_is_refused_before_it_is_fetched(fetcher: Fetcher):
    failed = fetcher.failed(f"{YOUTUBE}okvideo0001", "youtube", max_bytes=100_000)

    assert failed["code"] == "limit.size"
    assert fetcher.sandbox.log.requests("videoplayback") == []


def test_a_disk_without_room_is_said_and_made_free_again(fetcher: Fetcher, small_disk: Path):
    fetcher.workdir = small_disk / "work"

    failed = fetcher.failed(f"{VIDEOS}/unique/big/5000000.mp4", "direct")

    assert (failed["code"], failed["retryable"]) == ("disk.full", False)
    assert fetcher.partial_bytes() == 0


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://www.youtube.com/playlist?list=PLabc", "web"),
        ("https://www.youtube.com/playlist?list=PLabc", "youtube"),
    ],
)
def test_a_list_of_videos_is_not_taken_for_its_first(fetcher: Fetcher, url: str, source: str):
    failed = fetcher.failed(url, source)

    assert (failed["code"], failed["retryable"]) == ("source.unsupported", False)
    assert "list of videos" in failed["detail"]
    assert fetcher.sandbox.log.requests("videoplayback") == []


def test_a_page_without_a_video_is_unsupported(fetcher: Fetcher):
    assert fetcher.failed(f"{VIDEOS}/empty.html")["code"] == "source.unsupported"


def test_refused_media_are_asked_for_anew_and_then_waited_for(fetcher: Fetcher):
    failed = fetcher.failed(f"{YOUTUBE}forbid00000", "youtube")

    assert (failed["code"], failed["retryable"]) == ("source.rate_limited", True)
    assert len(fetcher.sandbox.log.requests("/watch?")) == 3


def test_a_missing_piece_of_a_stream_is_no_shorter_video(fetcher: Fetcher):
    playlist = (
        "#EXTM3U\\n#EXT-X-TARGETDURATION:2\\n#EXTINF:2,\\nhttp://videos.example/hls/seg000.ts"
        "\\n#EXTINF:2,\\nhttp://videos.example/hls/missing.ts\\n#EXT-X-ENDLIST\\n"
    )

    failed = fetcher.failed(f"{BAD}/text/x.m3u8?body={playlist.replace('#', '%23')}", "direct")

    assert failed["code"] == "source.not_found"


def test_what_passes_by_itself_is_set_right_without_a_failure(fetcher: Fetcher):
    whole = fetcher.sandbox.media.test_clip.muxed.stat().st_size

    for url in (f"{BAD}/once503/x.mp4?at=2", f"{BAD}/droponce/x.mp4", f"{BAD}/nolen/x.mp4"):
        assert fetcher.done(url, "direct")["size_bytes"] == whole
