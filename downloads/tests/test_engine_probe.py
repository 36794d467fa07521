"""A file that is not all there, or not what it says, is found out."""

import shutil
import struct
import zlib
from pathlib import Path

import av
import pytest

from downloads.engines import boxes, probe, stills
from downloads.engines.base import EngineError

NAMES = ["muxed.mp4", "video.mp4", "audio.m4a", "video.webm", "audio.webm", "hls/seg000.ts"]


def quiet() -> None:
    """Nobody waits for this file."""


@pytest.fixture
def clip(sandbox):
    def find(name: str) -> Path:
        path: Path | None = sandbox.media.test_clip.file(name)
        assert path
        return path

    return find


@pytest.fixture
def cut(clip, tmp_path: Path):
    """A copy without its end."""

    def make(name: str, part: float) -> Path:
        content = clip(name).read_bytes()
        path = tmp_path / "cut"
        path.write_bytes(content[: int(len(content) * part)])
        return path

    return make


@pytest.mark.parametrize("name", NAMES)
def test_a_whole_file_passes(clip, name: str):
    found = probe.probe(clip(name), tick=quiet, announced_seconds=10)

    assert found.duration_seconds == pytest.approx(10, abs=0.1)
    assert (found.picture is None) == name.startswith("audio")


def test_it_tells_what_is_inside(clip):
    found = probe.probe(clip("muxed.mp4"), tick=quiet)

    assert (found.container, found.video_codec, found.audio_codec) == ("mp4", "h264", "aac")
    assert (found.width, found.height) == (640, 360)
    assert found.picture
    assert (found.picture.width, found.picture.height) == (640, 360)


@pytest.mark.parametrize("part", [0.02, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith(".ts")])
def test_a_file_without_its_end_is_corrupt(cut, name: str, part: float):
    with pytest.raises(EngineError) as failure:
        probe.probe(cut(name, part), tick=quiet)

    assert failure.value.code == "file.corrupt"
    assert failure.value.start_over


@pytest.mark.parametrize("part", [0.3, 0.7])
def test_a_stream_without_its_end_is_shorter_than_announced(cut, part: float):
    """A transport stream has no table of contents; only the source knows its length."""
    with pytest.raises(EngineError, match="announced 10 s") as failure:
        probe.probe(cut("hls/seg000.ts", part), tick=quiet, announced_seconds=10)

    assert failure.value.code == "file.corrupt"


def test_a_cut_in_padding_that_no_player_misses_is_found(sandbox, tmp_path: Path):
    file = sandbox.unique("padded", 300_000)
    path = tmp_path / "cut.mp4"
    path.write_bytes(b"".join(bytes(block) for block in file.blocks(0, 200_000)))

    with pytest.raises(EngineError, match="table of contents"):
        probe.probe(path, tick=quiet)


def test_damage_that_leaves_nothing_to_decode_is_found(clip, tmp_path: Path):
    path = tmp_path / "damaged.mp4"
    shutil.copy(clip("muxed.mp4"), path)
    content = bytearray(path.read_bytes())
    start = content.index(b"mdat") + 4
    content[start:] = bytes(len(content) - start)
    path.write_bytes(content)

    with pytest.raises(EngineError) as failure:
        probe.probe(path, tick=quiet)

    assert failure.value.code == "file.corrupt"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"#EXTM3U\n#EXTINF:2,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile secret.ts\n",
        bytes(range(256)) * 100,
    ],
)
def test_other_things_are_no_videos(tmp_path: Path, content: bytes):
    path = tmp_path / "x.mp4"
    path.write_bytes(content)

    with pytest.raises(EngineError) as failure:
        probe.probe(path, tick=quiet)

    assert failure.value.code == "source.not_a_video"
    assert failure.value.start_over


@pytest.mark.parametrize(
    "magic", [b"\0\0\0\x18ftypisom", b"\x1a\x45\xdf\xa3", b"ID3\x04", b"FLV\x01"]
)
def test_noise_behind_a_good_beginning_is_corrupt(tmp_path: Path, magic: bytes):
    path = tmp_path / "x.mp4"
    path.write_bytes(magic + bytes(range(256)) * 40)

    with pytest.raises(EngineError) as failure:
        probe.probe(path, tick=quiet)

    assert failure.value.code in {"file.corrupt", "source.not_a_video"}


def test_trailing_zeros_are_no_damage(clip, tmp_path: Path):
    path = tmp_path / "x.mp4"
    path.write_bytes(clip("muxed.mp4").read_bytes() + b"\0" * 5)

    assert probe.probe(path, tick=quiet).container == "mp4"


@pytest.mark.parametrize("name", ["thumb.jpg", "thumb.webp"])
def test_a_picture_is_drawn_anew_as_jpeg(clip, tmp_path: Path, name: str):
    target = tmp_path / "thumbnail.jpg"

    assert stills.from_picture(clip(name), target)

    assert target.read_bytes().startswith(b"\xff\xd8\xff")
    with av.open(str(target)) as picture:
        assert (picture.streams.video[0].width, picture.streams.video[0].height) == (640, 360)


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"\xff\xd8\xff\xe0 noise"])
def test_what_is_no_picture_gives_none(tmp_path: Path, content: bytes):
    source, target = tmp_path / "source", tmp_path / "thumbnail.jpg"
    source.write_bytes(content)

    assert not stills.from_picture(source, target)
    assert not target.exists()


def test_a_large_picture_is_made_smaller(tmp_path: Path):
    frame = av.VideoFrame(3840, 2160, "yuv420p")
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))

    stills.write(frame, tmp_path / "thumbnail.jpg")

    with av.open(str(tmp_path / "thumbnail.jpg")) as picture:
        assert (picture.streams.video[0].width, picture.streams.video[0].height) == (1280, 720)


def test_a_huge_picture_is_not_decoded(tmp_path: Path):
    """What its head says is enough: there is nothing behind it."""
    head = struct.pack(">IIBBBBB", 6500, 6500, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    source = tmp_path / "source"
    source.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk)

    assert not stills.from_picture(source, tmp_path / "thumbnail.jpg")


def make_mjpeg(path: Path, width: int, height: int) -> Path:
    with av.open(str(path), "w", format="matroska") as container:
        stream = container.add_stream("mjpeg", rate=1)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuvj420p"
        frame = av.VideoFrame(width, height, "yuvj420p")
        for number in range(2):
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def test_a_video_of_too_many_pixels_is_refused(tmp_path: Path):
    with pytest.raises(EngineError) as failure:
        probe.probe(make_mjpeg(tmp_path / "x.mkv", 8192, 4336), tick=quiet)

    assert failure.value.code == "source.unsupported"
    assert not failure.value.retryable


def test_a_wide_video_of_few_pixels_passes(tmp_path: Path):
    found = probe.probe(make_mjpeg(tmp_path / "x.mkv", 20_000, 64), tick=quiet)

    assert (found.width, found.height) == (20_000, 64)


def test_a_recorded_stream_of_unknown_size_is_complete(tmp_path: Path):
    path = tmp_path / "x.webm"
    path.write_bytes(b"\x1a\x45\xdf\xa3\x80" + b"\x18\x53\x80\x67" + b"\x01" + b"\xff" * 7)

    assert boxes.is_complete(path, "matroska")
