"""How the test media are made: one ten-second clip in every shape that a host serves."""

from pathlib import Path

from sandbox import ffmpeg
from sandbox.ffmpeg import X264, Argument

SECONDS = 10
# The video that padded files begin with (sandbox.files): small, so that small files are possible.
SEED_VIDEO = "seed.mp4"

_FRAGMENTED: list[Argument] = ["-movflags", "+dash+frag_keyframe+empty_moov"]
_AES_KEY = bytes(range(16))
_MASTER = """#EXTM3U
#EXT-X-STREAM-INF:BANDWIDTH=800000,RESOLUTION=640x360,CODECS="avc1.42c01e,mp4a.40.2"
media.m3u8
"""
_SUBTITLE = """WEBVTT

00:00:00.000 --> 00:00:02.000
{0} one

00:00:02.000 --> 00:00:04.000
{0} two
"""


def make(folder: Path) -> None:
    for name in ("hls", "hls_aes", "dash"):
        (folder / name).mkdir()
    muxed = folder / "muxed.mp4"
    x264: list[Argument] = [*X264, "-crf", 32]
    tail: list[Argument] = ["-c:a", "aac", "-shortest", "-movflags", "+faststart"]
    ffmpeg.run_all(
        [*_source("640x360", 15, SECONDS), *x264, *tail, muxed],
        [*_source("160x90", 10, 2), *x264, *tail, folder / SEED_VIDEO],
        [*_picture("1280x720", 10, SECONDS), *x264, *_FRAGMENTED, folder / "video.mp4"],
        [*_picture("640x360", 10, SECONDS), *_vp9(), folder / "video.webm"],
    )
    ffmpeg.run_all(*_audio(muxed, folder), *_stills(muxed, folder), *_streams(muxed, folder))
    (folder / "hls/master.m3u8").write_text(_MASTER)
    (folder / "hls_aes/master.m3u8").write_text(_MASTER)
    for language in ("pt", "en"):
        (folder / f"{language}.vtt").write_text(_SUBTITLE.format(language))


def _picture(size: str, rate: int, seconds: int) -> list[Argument]:
    return ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={seconds}"]


def _source(size: str, rate: int, seconds: int) -> list[Argument]:
    tone: list[Argument] = ["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}"]
    return _picture(size, rate, seconds) + tone


def _vp9() -> list[Argument]:
    return ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "300k"]


def _audio(muxed: Path, folder: Path) -> list[list[Argument]]:
    sound: list[Argument] = ["-i", muxed, "-map", "0:a"]
    return [
        [*sound, "-c", "copy", *_FRAGMENTED, folder / "audio.m4a"],
        [*sound, "-c:a", "libopus", "-b:a", "64k", folder / "audio.webm"],
    ]


def _stills(muxed: Path, folder: Path) -> list[list[Argument]]:
    still: list[Argument] = ["-i", muxed, "-frames:v", 1, "-update", 1]
    return [[*still, folder / "thumb.jpg"], [*still, folder / "thumb.webp"]]


def _streams(muxed: Path, folder: Path) -> list[list[Argument]]:
    aes = folder / "hls_aes"
    (aes / "key.bin").write_bytes(_AES_KEY)
    (aes / "keyinfo").write_text(f"key.bin\n{aes}/key.bin\n{'00' * 16}\n")
    copy: list[Argument] = ["-i", muxed, "-c", "copy"]
    hls: list[Argument] = ["-hls_time", 2, "-hls_list_size", 0, "-hls_playlist_type", "vod"]
    segments: Argument = "-hls_segment_filename"
    plain = [*copy, *hls, segments, folder / "hls/seg%03d.ts", folder / "hls/media.m3u8"]
    keyed = [*copy, *hls, "-hls_key_info_file", aes / "keyinfo"]
    return [
        plain,
        [*keyed, segments, aes / "seg%03d.ts", aes / "media.m3u8"],
        [*copy, "-seg_duration", 2, "-f", "dash", folder / "dash/manifest.mpd"],
    ]
