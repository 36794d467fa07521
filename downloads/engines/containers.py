"""Which container a file is in by its first bytes, and which one it should be in. Pure."""

from dataclasses import dataclass
from typing import NamedTuple

# A picture of 8K in the cinema's format; decoding a larger one takes more memory than we have.
MAX_PIXELS = 8192 * 4320
DECODING = {"max_pixels": str(MAX_PIXELS)}  # a codec may find more than the container says


class Container(NamedTuple):
    """`demuxer` is ffmpeg's name: only by that one is a file ever opened."""

    name: str
    demuxer: str
    video_type: str
    audio_type: str


_ALL = (
    Container("mp4", "mp4", "video/mp4", "audio/mp4"),
    Container("m4a", "mp4", "video/mp4", "audio/mp4"),
    Container("mov", "mov", "video/quicktime", "audio/mp4"),
    Container("webm", "matroska", "video/webm", "audio/webm"),
    Container("mkv", "matroska", "video/x-matroska", "audio/x-matroska"),
    Container("ts", "mpegts", "video/mp2t", "video/mp2t"),
    Container("flv", "flv", "video/x-flv", "video/x-flv"),
    Container("avi", "avi", "video/x-msvideo", "video/x-msvideo"),
    Container("asf", "asf", "video/x-ms-wmv", "audio/x-ms-wma"),
    Container("mpg", "mpeg", "video/mpeg", "audio/mpeg"),
    Container("ogg", "ogg", "video/ogg", "audio/ogg"),
    Container("opus", "ogg", "video/ogg", "audio/ogg"),
    Container("mp3", "mp3", "audio/mpeg", "audio/mpeg"),
    Container("aac", "aac", "audio/aac", "audio/aac"),
    Container("wav", "wav", "audio/wav", "audio/wav"),
    Container("flac", "flac", "audio/flac", "audio/flac"),
)
CONTAINERS = {container.name: container for container in _ALL}
DEMUXERS = tuple(dict.fromkeys(container.demuxer for container in _ALL))

_PLAYABLE = frozenset({"mp4", "m4a", "mov", "webm", "ogg", "opus", "mp3", "wav", "flac", "aac"})
_FITS = {
    "mp4": {"h264", "hevc", "av1", "vp9", "mpeg4", "aac", "mp3", "ac3", "eac3", "opus", "alac"},
    "webm": {"vp8", "vp9", "av1", "opus", "vorbis"},
    "m4a": {"aac", "alac"},
    "opus": {"opus"},
    "ogg": {"vorbis", "opus", "flac"},
    "mp3": {"mp3"},
}
_BOXES = frozenset(
    {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"styp", b"moof", b"sidx"}
)
_TS_PACKET = 188
_HEAD_BYTES = 3 * _TS_PACKET


@dataclass(frozen=True)
class Streams:
    """What is inside a file; None where there is no such stream."""

    container: str
    video_codec: str | None
    audio_codec: str | None

    def fit(self, container: str) -> bool:
        """Whether this container can hold them as they are."""
        codecs = {codec for codec in (self.video_codec, self.audio_codec) if codec}
        return container == "mkv" or codecs <= _FITS.get(container, set())


def sniff(head: bytes) -> Container | None:
    """By content, never by name: playlists and pages that call themselves videos are None."""
    name = _iso(head) or _matroska(head) or _simple(head)
    return CONTAINERS[name] if name else None


def wanted_container(streams: Streams, *, wanted: str, audio_only: bool) -> str:
    """The container to end in; its own means that not one byte is touched."""
    if audio_only:
        return _wanted_for_audio(streams, wanted)
    if wanted in {"mkv", "webm", "mp4"} and streams.fit(wanted):
        return wanted
    return streams.container if streams.container in _PLAYABLE else _playable(streams)


def joined_container(streams: Streams, wanted: str) -> str:
    """For two streams in files of their own, which must be put into one."""
    first = "mp4" if wanted == "auto" else wanted
    return next(name for name in (first, "mp4", "webm", "mkv") if streams.fit(name))


def is_kept(container: str) -> bool:
    """Whether such a file stays as it is, where nothing else is asked for."""
    return container in _PLAYABLE


def content_type(container: str, *, has_video: bool) -> str:
    found = CONTAINERS[container]
    return found.video_type if has_video else found.audio_type


def _wanted_for_audio(streams: Streams, wanted: str) -> str:
    if wanted == "mp3":
        return "mp3"  # the one case of encoding anew, because it was asked for
    sound = Streams(streams.container, None, streams.audio_codec)
    if wanted in {"m4a", "opus"} and sound.fit(wanted):
        return wanted
    if streams.video_codec is None and streams.container in _PLAYABLE:
        return streams.container
    return next(name for name in ("m4a", "opus", "ogg", "mp3", "mkv") if sound.fit(name))


def _playable(streams: Streams) -> str:
    names = (name for name in ("mp4", "webm") if streams.fit(name))
    return next(names, streams.container)


def _iso(head: bytes) -> str | None:
    if head[4:8] not in _BOXES:
        return None
    brand = head[8:12] if head[4:8] == b"ftyp" else b""
    return {b"qt  ": "mov", b"M4A ": "m4a", b"M4B ": "m4a"}.get(brand, "mp4")


def _matroska(head: bytes) -> str | None:
    if not head.startswith(b"\x1a\x45\xdf\xa3"):
        return None
    return "webm" if b"webm" in head[:64] else "mkv"


def _simple(head: bytes) -> str | None:
    if len(head) >= _HEAD_BYTES and set(head[:_HEAD_BYTES:_TS_PACKET]) == {0x47}:
        return "ts"
    if head.startswith(b"RIFF"):
        return {b"AVI ": "avi", b"WAVE": "wav"}.get(head[8:12])
    if head.startswith(b"OggS"):
        return "opus" if b"OpusHead" in head[:64] else "ogg"
    for magic, name in _MAGIC.items():
        if head.startswith(magic):
            return name
    return _mpeg_audio(head)


_MAGIC = {
    b"FLV\x01": "flv",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11": "asf",
    b"\x00\x00\x01\xba": "mpg",
    b"ID3": "mp3",
    b"fLaC": "flac",
}


def _mpeg_audio(head: bytes) -> str | None:
    """A frame header: eleven set bits, then version and layer that exist."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    if head[1] & 0xF6 == 0xF0:
        return "aac"
    return "mp3" if head[1] & 0x06 else None
