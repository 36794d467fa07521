"""Posters: one JPEG of bounded size, always drawn anew, out of a picture file or a video frame."""

from pathlib import Path

import av
import av.error

from downloads.engines.containers import DECODING, MAX_PIXELS

MAX_PICTURE_BYTES = 10 << 20
_MAX_WIDTH = 1280
_MAGIC = (
    (0, b"\xff\xd8\xff", "jpeg_pipe"),
    (0, b"\x89PNG\r\n\x1a\n", "png_pipe"),
    (8, b"WEBP", "webp_pipe"),
)


def from_picture(source: Path, target: Path) -> bool:
    """False when it is no JPEG, PNG or WebP that can be drawn."""
    with source.open("rb") as file:
        head = file.read(16)
    demuxer = next((name for at, magic, name in _MAGIC if head[at:].startswith(magic)), None)
    if demuxer is None:
        return False
    try:
        with av.open(str(source), format=demuxer, options=DECODING) as container:
            video = container.streams.video[0]
            if video.width * video.height > MAX_PIXELS:
                return False
            frame = next(container.decode(video))
        write(frame, target)
    except (av.error.FFmpegError, StopIteration, IndexError, ValueError):
        return False
    return True


def write(frame: av.VideoFrame, target: Path) -> None:
    width = min(_MAX_WIDTH, frame.width) & ~1
    height = max(2, round(frame.height * width / frame.width) & ~1)
    with av.open(str(target), "w", format="image2", options={"update": "1"}) as container:
        stream = container.add_stream("mjpeg")
        stream.width, stream.height, stream.pix_fmt = width, height, "yuvj420p"
        stream.options = {"qmin": "2", "qmax": "5"}
        still = frame.reformat(width, height, "yuvj420p")
        still.pts = 0
        container.mux(stream.encode(still))
        container.mux(stream.encode(None))
