"""Unique files: valid videos whose bytes are known before anyone downloads them."""

import hashlib
import io
import time

import pytest

from sandbox.tests.films import look

PATH = "/files/unique/lesson-7/300000.mp4"


def whole(sandbox, seed, size):
    return b"".join(bytes(block) for block in sandbox.unique(seed, size).blocks(0, size))


@pytest.mark.parametrize("size", [80_000, 1_048_576, 5_000_001])
def test_a_file_has_the_asked_size_and_the_announced_hash(sandbox, get, size):
    content = get(f"/files/unique/a/{size}.mp4").read()

    assert len(content) == size
    assert hashlib.sha256(content).hexdigest() == sandbox.unique("a", size).sha256()
    announced = get(f"/files/unique/a/{size}.mp4.sha256").read().decode()
    assert announced == sandbox.unique("a", size).sha256()


def test_seeds_make_different_files_of_the_same_size(sandbox):
    hashes = {sandbox.unique(f"seed{number}", 100_000).sha256() for number in range(20)}

    assert len(hashes) == 20


def test_it_is_a_video_of_two_seconds_with_sound(get):
    film = look(io.BytesIO(get(PATH).read()))

    assert film == (["h264", "aac"], 90, 2.0, 20)


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=1000-1999", 1000, 2000),
        ("bytes=1500000-", 1_500_000, 3_000_000),
        ("bytes=1048000-2200000", 1_048_000, 2_200_001),
        ("bytes=-70", 2_999_930, 3_000_000),
        ("bytes=2999990-9999999", 2_999_990, 3_000_000),
    ],
)
def test_a_range_is_exactly_those_bytes(sandbox, get, asked, start, stop):
    answer = get("/files/unique/r/3000000.mp4", Range=asked)

    assert answer.status == 206
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/3000000"
    assert answer.headers["Content-Length"] == str(stop - start)
    assert answer.read() == whole(sandbox, "r", 3_000_000)[start:stop]


def test_a_range_past_the_end_is_refused_with_the_size(get):
    answer = get(PATH, Range="bytes=300000-")

    assert (answer.status, answer.headers["Content-Range"]) == (416, "bytes */300000")


def test_a_range_of_another_edition_gets_the_whole_file(get):
    etag = get(PATH).headers["ETag"]

    assert get(PATH, Range="bytes=5-9", If_Range=etag).status == 206
    assert get(PATH, Range="bytes=5-9", If_Range='"other"').status == 200
    assert get(PATH, If_None_Match=etag).status == 304


def test_head_tells_the_same_without_a_body(get):
    names = ("Content-Type", "Content-Length", "ETag", "Last-Modified", "Accept-Ranges")
    head, full = get(PATH, "HEAD"), get(PATH)

    assert [head.headers[name] for name in names] == [full.headers[name] for name in names]
    assert head.headers["Content-Type"] == "video/mp4"
    assert (head.status, head.read()) == (200, b"")


def test_a_file_of_many_gigabytes_needs_no_memory(sandbox, get):
    size = 6 * 10**9
    answer = get(f"/files/unique/big/{size}.mp4", Range="bytes=5999999990-")

    assert answer.headers["Content-Range"] == f"bytes 5999999990-5999999999/{size}"
    assert len(answer.read()) == 10


def test_a_size_below_the_video_itself_is_refused(get):
    answer = get("/files/unique/a/1000.mp4")

    assert answer.status == 404
    assert b"bytes are needed, not 1000" in answer.read()


def test_the_asked_rate_is_kept(get):
    started = time.monotonic()
    content = get("/files/unique/paced/150000.mp4?rate=300000").read()
    seconds = time.monotonic() - started

    assert len(content) == 150_000
    assert 0.4 < seconds < 1.5
