"""The last steps: one playable file out of the parts, checked, and all of it published."""

from pathlib import Path

from downloads.engines import containers, ffmpeg, kinds, looking, probe, publishing, stills
from downloads.engines.base import Metadata, Published, Subtitle
from downloads.engines.containers import Streams
from downloads.engines.context import Context
from downloads.engines.probe import Probe


def put_together(
    context: Context, parts: list[Path], *, announced_seconds: float | None = None
) -> tuple[Path, Probe]:
    """A single file in the right container stays what it is, to the byte.

    :raises EngineError: a part is not what it should be, or not all of it is there
    """
    probes = [
        probe.probe(part, tick=context.tick, announced_seconds=announced_seconds) for part in parts
    ]
    file, found = parts[0], probes[0]
    if len(parts) > 1:
        file, found = _join(context, parts, probes)
    wanted = containers.wanted_container(
        found.streams, wanted=context.job["format"], audio_only=context.job["audio_only"]
    )
    if wanted != found.container:
        file, found = _convert(context, file, found.streams, wanted)
    looking.check_duration(context, found.duration_seconds)
    kinds.check(context.job, found.container)
    return file, found


def publish(
    context: Context, file: Path, found: Probe, tracks: list[Subtitle], facts: Metadata
) -> Published:
    folder = context.folder.publish
    video = publishing.place(file, folder, f"video.{found.container}")
    thumbnail = _place_thumbnail(context, found)
    digest = publishing.sha256(video, context.tick)
    publishing.settle(folder, context.tick)
    has_video = found.video_codec is not None
    return {
        "folder": str(folder),
        "file": video.name,
        "size_bytes": video.stat().st_size,
        "sha256": digest,
        "container": found.container,
        "content_type": containers.content_type(found.container, has_video=has_video),
        "duration_seconds": found.duration_seconds,
        "width": found.width,
        "height": found.height,
        "video_codec": found.video_codec,
        "audio_codec": found.audio_codec,
        "thumbnail": thumbnail,
        "subtitles": tracks,
        "metadata": facts,
    }


def _join(context: Context, parts: list[Path], probes: list[Probe]) -> tuple[Path, Probe]:
    streams = Streams("", probes[0].video_codec, probes[1].audio_codec)
    container = containers.joined_container(streams, context.job["format"])
    target = context.folder.temp / f"joined.{container}"
    ffmpeg.join(context.tools.ffmpeg, parts, target, container, streams, context.tick)
    return target, probe.probe(target, tick=context.tick)


def _convert(context: Context, file: Path, streams: Streams, container: str) -> tuple[Path, Probe]:
    target = context.folder.temp / f"converted.{container}"
    if context.job["audio_only"]:
        streams = Streams(streams.container, None, streams.audio_codec)
    ffmpeg.convert(context.tools.ffmpeg, file, target, container, streams, context.tick)
    return target, probe.probe(target, tick=context.tick)


def _place_thumbnail(context: Context, found: Probe) -> str | None:
    """The source's own picture, or one out of the video."""
    source = context.folder.thumbnail
    if not source.exists() and found.picture is not None:
        stills.write(found.picture, source)
    if not source.exists():
        return None
    return publishing.place(source, context.folder.publish, source.name).name
