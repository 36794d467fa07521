"""Running ffmpeg: local files of known containers in, one file out, nothing re-encoded unasked."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from downloads.engines.base import EngineError, Tick
from downloads.engines.codes import Code
from downloads.engines.containers import DEMUXERS, Streams

_TICK_SECONDS = 0.5
_KILLED_BY_FILE_SIZE = -25
_KILLED = -9
# Nothing is wrong with the file then.
_OF_THE_MACHINE = ("Read-only file system", "Permission denied", "Too many open files")
_MUXERS = {"m4a": "mp4", "mkv": "matroska", "opus": "opus", "ts": "mpegts"}
# A "video" may be a playlist that reads other files: only real containers are opened.
_INPUT = [
    "-protocol_whitelist",
    "file",
    "-format_whitelist",
    ",".join((*DEMUXERS, "webvtt", "srt")),
]


def convert(
    program: str, source: Path, target: Path, container: str, streams: Streams, tick: Tick
) -> None:
    """The same streams in another container; only mp3 may have to be encoded."""
    maps = ["-map", "0:a"] if streams.video_codec is None else ["-map", "0:v:0", "-map", "0:a?"]
    encode = container == "mp3" and streams.audio_codec != "mp3"
    codec = ["-c:a", "libmp3lame", "-q:a", "2"] if encode else ["-c", "copy"]
    run(program, [source], [*maps, *codec, *_details(container, streams)], target, container, tick)


def join(
    program: str, parts: Sequence[Path], target: Path, container: str, streams: Streams, tick: Tick
) -> None:
    """A video and an audio file become one."""
    maps = ["-map", "0:v:0", "-map", "1:a:0", "-c", "copy"]
    run(program, parts, [*maps, *_details(container, streams)], target, container, tick)


def run(
    program: str,
    sources: Sequence[Path],
    options: Sequence[str],
    target: Path,
    container: str,
    tick: Tick,
) -> None:
    inputs = [word for source in sources for word in (*_INPUT, "-i", f"file:{source}")]
    muxer = _MUXERS.get(container, container)
    command = [program, "-hide_banner", "-nostdin", "-y", "-loglevel", "error", *inputs]
    command += [*options, "-f", muxer, f"file:{target}"]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    while True:
        try:
            _, errors = process.communicate(timeout=_TICK_SECONDS)
            break
        except subprocess.TimeoutExpired:
            tick()
    if process.returncode:
        raise _failure(process.returncode, errors.decode(errors="replace"))


def _details(container: str, streams: Streams) -> list[str]:
    if container not in {"mp4", "m4a", "mov"}:
        return ["-dn", "-sn"]
    # The index in front lets a player start before it has everything; Apple wants its tag.
    tag = ["-tag:v", "hvc1"] if streams.video_codec == "hevc" else []
    return ["-dn", "-sn", "-movflags", "+faststart", *tag]


def _failure(status: int, errors: str) -> EngineError:
    if "No space left" in errors or "Disk quota exceeded" in errors:
        return EngineError(Code.DISK_FULL, errors, start_over=True)
    if status == _KILLED_BY_FILE_SIZE or "File too large" in errors:
        return EngineError(Code.LIMIT_SIZE, errors or "larger than allowed", start_over=True)
    if "Cannot allocate memory" in errors:
        return EngineError(Code.LIMIT_SIZE, errors, start_over=True)
    if status == _KILLED or any(word in errors for word in _OF_THE_MACHINE):
        return EngineError(Code.INTERNAL, f"ffmpeg: {errors.strip() or 'it was killed'}")
    said = errors.strip() or f"it ended with {status}"
    return EngineError(Code.FILE_CORRUPT, f"ffmpeg: {said}", start_over=True)
