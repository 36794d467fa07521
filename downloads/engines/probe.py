"""What a finished file really is, and whether all of it is there.

A host can send a login page, noise or half a file and call it a complete video; yt-dlp believes
it. Here the container is opened under the one name its first bytes allow, read at its end and
decoded in one place.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import av.error

from downloads.engines import boxes, containers
from downloads.engines.base import EngineError, Tick
from downloads.engines.codes import Code
from downloads.engines.containers import Streams

_HEAD_BYTES = 1024
_TAIL_SECONDS = 5.0
_MIN_TOLERANCE_SECONDS = 2.0
_TOLERANCE = 0.01
_ANNOUNCED_TOLERANCE = 0.05
# Without a table of contents the duration is a guess from the bit rate.
_GUESSED = ("mp3", "aac", "mpg")
_PACKETS_A_TICK = 20_000
_FRAME_PACKETS = 300
# Of a picture decoded for the poster: past the opening titles, not yet in the middle.
_POSTER_AT = 0.1


@dataclass(frozen=True)
class Probe:
    container: str
    duration_seconds: float | None
    width: int | None
    height: int | None
    video_codec: str | None
    audio_codec: str | None
    picture: av.VideoFrame | None

    @property
    def streams(self) -> Streams:
        return Streams(self.container, self.video_codec, self.audio_codec)


def probe(path: Path, *, tick: Tick, announced_seconds: float | None = None) -> Probe:
    """
    :raises EngineError: source.not_a_video, file.corrupt or source.unsupported
    """
    found = identify(path)
    if not boxes.is_complete(path, found.demuxer):
        raise _corrupt("the file is shorter than its own table of contents says")
    try:
        with av.open(str(path), format=found.demuxer, options=containers.DECODING) as container:
            result = _examine(container, found.name, tick)
    except (av.error.FFmpegError, ValueError) as error:
        raise _corrupt(f"unreadable: {error}") from error
    _compare(result.duration_seconds, announced_seconds)
    return result


def identify(path: Path) -> containers.Container:
    """
    :raises EngineError: it is no container that we know, and so no video
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    found = containers.sniff(head)
    if found is None:
        what = "a text" if head[:1].strip() in (b"<", b"{", b"#", b"[", b"f") else "unknown data"
        raise EngineError(
            Code.SOURCE_NOT_A_VIDEO, f"the address gave {what} instead of a video", start_over=True
        )
    return found


def _examine(container: Any, name: str, tick: Tick) -> Probe:
    video = next((stream for stream in container.streams.video if not _is_cover(stream)), None)
    audio = next(iter(container.streams.audio), None)
    if video is None and audio is None:
        raise EngineError(Code.SOURCE_NOT_A_VIDEO, "neither picture nor sound", start_over=True)
    if video is not None and not _is_drawable(video):
        text = f"the picture has no size, or more than {containers.MAX_PIXELS} pixels"
        raise EngineError(Code.SOURCE_UNSUPPORTED, text, start_over=True)
    announced = container.duration / av.time_base if container.duration else None
    if name in _GUESSED:
        announced = None
    duration = _check_tail(container, [s for s in (video, audio) if s], announced, tick)
    return Probe(
        container="m4a" if name == "mp4" and video is None else name,
        duration_seconds=round(duration, 3) if duration else None,
        width=video.width if video else None,
        height=video.height if video else None,
        video_codec=_codec(video),
        audio_codec=_codec(audio),
        picture=_decode_one(container, video or audio, duration or 0.0),
    )


def _check_tail(container: Any, streams: list[Any], announced: float | None, tick: Tick) -> float:
    """Read to the very end, from shortly before it where that is known."""
    if announced is not None:
        with contextlib.suppress(av.error.FFmpegError):
            _seek(container, announced - _TAIL_SECONDS)
    last = _last_moment(container, streams, tick)
    if not last:
        raise _corrupt("there is nothing at the end")
    if announced is not None and last < announced - _tolerance(announced, _TOLERANCE):
        raise _corrupt(f"it should last {announced:.1f} s and ends after {last:.1f} s")
    return announced or last


def _last_moment(container: Any, streams: list[Any], tick: Tick) -> float:
    """Where the last packet ends, in seconds from the start."""
    ends = {stream.index: 0 for stream in streams}
    for count, packet in enumerate(container.demux(streams)):
        if packet.pts is not None:
            index = packet.stream_index
            ends[index] = max(ends[index], packet.pts + (packet.duration or 0))
        if count % _PACKETS_A_TICK == 0:
            tick()
    start = (container.start_time or 0) / av.time_base
    return max(float(ends[stream.index] * stream.time_base) - start for stream in streams)


def _decode_one(container: Any, stream: Any, duration: float) -> av.VideoFrame | None:
    """One frame, as a proof and for the poster. A codec we cannot decode is not a fault."""
    if stream.codec_context is None:
        return None
    stream.codec_context.thread_count = 1
    stream.codec_context.options = containers.DECODING
    for moment in (duration * _POSTER_AT, 0.0):
        with contextlib.suppress(av.error.FFmpegError):
            _seek(container, moment)
            if frame := next(_frames(container, stream), None):
                return frame if isinstance(frame, av.VideoFrame) else None
    raise _corrupt("nothing in it can be decoded")


def _frames(container: Any, stream: Any) -> Iterator[Any]:
    """Decodable frames; a damaged one at a seek point is passed over."""
    for count, packet in enumerate(container.demux(stream)):
        if count > _FRAME_PACKETS:
            return
        with contextlib.suppress(av.error.InvalidDataError):
            yield from packet.decode()


def _seek(container: Any, seconds: float) -> None:
    container.seek(int(max(0.0, seconds) * av.time_base) + (container.start_time or 0))


def _compare(duration: float | None, announced: float | None) -> None:
    if not duration or not announced:
        return
    if duration < announced - _tolerance(announced, _ANNOUNCED_TOLERANCE):
        raise _corrupt(f"the source announced {announced:.0f} s, the file has {duration:.0f} s")


def _tolerance(seconds: float, share: float) -> float:
    return max(_MIN_TOLERANCE_SECONDS, seconds * share)


def _is_drawable(stream: Any) -> bool:
    """ffmpeg says that a picture larger than we told it has no size at all."""
    if stream.codec_context is None:
        return True
    return bool(0 < stream.width * stream.height <= containers.MAX_PIXELS)


def _is_cover(stream: Any) -> bool:
    """The picture of a record sleeve counts as a video stream of one frame."""
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _codec(stream: Any) -> str | None:
    if stream is None:
        return None
    context = stream.codec_context
    return str(context.codec.canonical_name if context else "unknown")


def _corrupt(detail: str) -> EngineError:
    return EngineError(Code.FILE_CORRUPT, detail, start_over=True)
