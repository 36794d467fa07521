"""Looking into a film that arrived."""

from typing import IO, NamedTuple

import av
import av.container


class Film(NamedTuple):
    codecs: list[str]
    height: int
    seconds: float
    frames: int


def look(file: str | IO[bytes]) -> Film:
    with av.open(file) as container:
        assert isinstance(container, av.container.InputContainer)
        codecs = [stream.codec_context.name for stream in container.streams]
        height = container.streams.video[0].height
        frames = sum(1 for _ in container.decode(video=0))
        return Film(codecs, height, (container.duration or 0) / 1_000_000, frames)
