"""ffmpeg reads local files of known containers, and its failures have our codes."""

import os
from pathlib import Path

import imageio_ffmpeg
import pytest

from downloads.engines import ffmpeg, probe, tools
from downloads.engines.base import EngineError
from downloads.engines.containers import Streams

PROGRAM = imageio_ffmpeg.get_ffmpeg_exe()
H264 = Streams("mp4", "h264", "aac")


def quiet() -> None:
    """Nobody waits for this file."""


def test_a_container_is_changed_without_touching_the_streams(sandbox, tmp_path: Path):
    target = tmp_path / "x.mkv"

    ffmpeg.convert(PROGRAM, sandbox.media.test_clip.muxed, target, "mkv", H264, quiet)

    found = probe.probe(target, tick=quiet, announced_seconds=10)
    assert (found.container, found.video_codec, found.audio_codec) == ("mkv", "h264", "aac")


@pytest.mark.parametrize(
    "content",
    ["#EXTM3U\n#EXTINF:2,\nfile://{}\n#EXT-X-ENDLIST\n", "ffconcat version 1.0\nfile {}"],
)
@pytest.mark.parametrize("name", ["x.mp4", "x.m3u8"])
def test_a_list_of_files_is_not_followed(sandbox, tmp_path: Path, content: str, name: str):
    source, target = tmp_path / name, tmp_path / "out.mp4"
    source.write_text(content.format(sandbox.media.test_clip.file("hls/seg000.ts")))

    with pytest.raises(EngineError) as failure:
        ffmpeg.convert(PROGRAM, source, target, "mp4", H264, quiet)

    assert failure.value.code == "file.corrupt"
    assert not target.exists()


def test_subtitles_of_another_kind_become_webvtt(tmp_path: Path):
    source, target = tmp_path / "x.srt", tmp_path / "x.vtt"
    source.write_text("1\n00:00:00,000 --> 00:00:02,000\nOlá\n\n", encoding="utf-8")

    ffmpeg.run(PROGRAM, [source], [], target, "webvtt", quiet)

    assert target.read_text(encoding="utf-8").startswith("WEBVTT\n\n00:00.000 --> 00:02.000\nOlá")


@pytest.mark.parametrize(
    ("status", "errors", "code"),
    [
        (1, "x.mp4: No space left on device", "disk.full"),
        (1, "File too large", "limit.size"),
        (-25, "", "limit.size"),
        (1, "Invalid data found when processing input", "file.corrupt"),
    ],
)
def test_its_failures_have_codes(tmp_path: Path, status: int, errors: str, code: str):
    program = tmp_path / "ffmpeg"
    end = f"kill {status} $$" if status < 0 else f"exit {status}"
    program.write_text(f"#!/bin/sh\necho '{errors}' >&2\n{end}\n")
    program.chmod(0o755)

    with pytest.raises(EngineError) as failure:
        ffmpeg.run(str(program), [tmp_path / "in"], [], tmp_path / "out", "mp4", quiet)

    assert failure.value.code == code
    assert failure.value.start_over


def test_somebody_hears_that_it_is_still_at_work(tmp_path: Path, monkeypatch):
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\nsleep 0.3\n")
    program.chmod(0o755)
    monkeypatch.setattr(ffmpeg, "_TICK_SECONDS", 0.05)
    ticks: list[int] = []

    ffmpeg.run(str(program), [], [], tmp_path / "out", "mp4", lambda: ticks.append(1))

    assert len(ticks) >= 3


def test_the_systems_ffmpeg_is_preferred(tmp_path: Path, monkeypatch):
    program = tmp_path / "bin" / "ffmpeg"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))

    tools.prepare(tmp_path / "tools")

    assert tools.find(tmp_path / "tools").ffmpeg == str(program)


def test_without_one_that_of_the_wheel_gets_its_name(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    folder = tmp_path / "tools"

    tools.prepare(folder)
    tools.prepare(folder)

    assert tools.find(folder).ffmpeg == str(folder / "ffmpeg")
    assert (folder / "ffmpeg").resolve() == Path(PROGRAM).resolve()


def test_the_operators_authorities_are_trusted_beside_the_public_ones(tmp_path: Path, monkeypatch):
    for name in ("SSL_CERT_FILE", "DENO_DIR", "TMPDIR", "https_proxy"):
        monkeypatch.setenv(name, "before")
    own = tmp_path / "own.pem"
    own.write_text("-- mine --")

    tools.set_environment(tmp_path, tmp_path / "work", str(own))

    bundle = Path(os.environ["SSL_CERT_FILE"])
    assert bundle.read_text().endswith("-- mine --")
    assert "BEGIN CERTIFICATE" in bundle.read_text()
    assert "https_proxy" not in os.environ
