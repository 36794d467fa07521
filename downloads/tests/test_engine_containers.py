"""A file is known by its bytes, and ends in a container that plays."""

import pytest

from downloads.engines.containers import (
    Streams,
    content_type,
    joined_container,
    sniff,
    wanted_container,
)

TS = (b"\x47" + b"\0" * 187) * 4
HEADS = [
    (b"\0\0\0\x18ftypisom", "mp4"),
    (b"\0\0\0\x18ftypM4A ", "m4a"),
    (b"\0\0\0\x14ftypqt  ", "mov"),
    (b"\0\0\0\x08wide", "mp4"),
    (b"\0\0\0\x18stypmsdh", "mp4"),
    (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "webm"),
    (b"\x1a\x45\xdf\xa3\xa3B\x86\x81\x01B\x82\x88matroska", "mkv"),
    (TS, "ts"),
    (b"FLV\x01\x05", "flv"),
    (b"RIFF\0\0\0\0AVI LIST", "avi"),
    (b"RIFF\0\0\0\0WAVEfmt ", "wav"),
    (b"OggS" + b"\0" * 24 + b"OpusHead", "opus"),
    (b"OggS" + b"\0" * 24 + b"\x01vorbis", "ogg"),
    (b"ID3\x04\0\0", "mp3"),
    (b"\xff\xfb\x90\x00", "mp3"),
    (b"\xff\xf1\x50\x80", "aac"),
    (b"fLaC\0\0", "flac"),
    (b"\x00\x00\x01\xba\x44", "mpg"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9", "asf"),
]
NO_VIDEOS = [
    b"",
    b"<!doctype html>",
    b"<MPD>",
    b'{"error": 1}',
    b"#EXTM3U\n",
    b"ffconcat version 1.0\n",
    b"v=0\r\no=- 0 0 IN IP4",
    b"[playlist]\n",
    b"WEBVTT\n",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff\xe0",
    b"%PDF-1.7",
    b"PK\x03\x04",
    b"MZ\x90\x00",
    b"\x7fELF",
    b"\0" * 100,
    b"\x47" * 20,
]


@pytest.mark.parametrize(("head", "name"), HEADS)
def test_a_container_is_known_by_its_first_bytes(head: bytes, name: str):
    found = sniff(head)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("head", NO_VIDEOS)
def test_what_is_no_container_is_never_opened(head: bytes):
    assert sniff(head) is None


@pytest.mark.parametrize(
    ("container", "video", "audio", "wanted", "becomes"),
    [
        ("mp4", "h264", "aac", "auto", "mp4"),
        ("mp4", "hevc", None, "auto", "mp4"),
        ("webm", "vp9", "opus", "auto", "webm"),
        ("mov", "h264", "aac", "auto", "mov"),
        ("m4a", None, "aac", "auto", "m4a"),
        ("ts", "h264", "aac", "auto", "mp4"),
        ("mkv", "h264", "aac", "auto", "mp4"),
        ("mkv", "vp8", "vorbis", "auto", "webm"),
        ("flv", "h264", "mp3", "auto", "mp4"),
        ("avi", "msmpeg4v3", "mp3", "auto", "avi"),
        ("asf", "wmv3", "wmav2", "auto", "asf"),
        ("mov", "h264", "aac", "mp4", "mp4"),
        ("mov", "prores", "pcm_s16le", "mp4", "mov"),
        ("webm", "vp9", "opus", "mp4", "mp4"),
        ("webm", "vp8", "vorbis", "mp4", "webm"),
        ("mp4", "h264", "aac", "webm", "mp4"),
        ("mp4", "h264", "aac", "mkv", "mkv"),
        ("avi", "msmpeg4v3", "mp3", "mkv", "mkv"),
        ("mkv", "h264", "aac", "mkv", "mkv"),
    ],
)
def test_a_video_is_touched_only_to_play_or_because_it_was_asked_for(
    container, video, audio, wanted, becomes
):
    streams = Streams(container, video, audio)
    assert wanted_container(streams, wanted=wanted, audio_only=False) == becomes


@pytest.mark.parametrize(
    ("container", "video", "audio", "wanted", "becomes"),
    [
        ("m4a", None, "aac", "auto", "m4a"),
        ("webm", None, "opus", "auto", "webm"),
        ("mp4", "h264", "aac", "auto", "m4a"),
        ("webm", "vp9", "opus", "auto", "opus"),
        ("webm", "vp9", "vorbis", "auto", "ogg"),
        ("avi", "mpeg4", "mp3", "auto", "mp3"),
        ("avi", "mpeg4", "ac3", "auto", "mkv"),
        ("mp4", "h264", "aac", "mp3", "mp3"),
        ("mp3", None, "mp3", "mp3", "mp3"),
        ("webm", None, "opus", "opus", "opus"),
        ("m4a", None, "aac", "opus", "m4a"),
        ("webm", None, "opus", "m4a", "webm"),
        ("ts", None, "aac", "m4a", "m4a"),
    ],
)
def test_sound_alone(container, video, audio, wanted, becomes):
    streams = Streams(container, video, audio)
    assert wanted_container(streams, wanted=wanted, audio_only=True) == becomes


@pytest.mark.parametrize(
    ("video", "audio", "wanted", "becomes"),
    [
        ("h264", "aac", "auto", "mp4"),
        ("vp9", "opus", "auto", "mp4"),
        ("vp8", "vorbis", "auto", "webm"),
        ("h264", "vorbis", "auto", "mkv"),
        ("vp9", "opus", "webm", "webm"),
        ("h264", "aac", "webm", "mp4"),
        ("h264", "aac", "mkv", "mkv"),
    ],
)
def test_two_parts_are_joined_without_encoding(video, audio, wanted, becomes):
    assert joined_container(Streams("", video, audio), wanted) == becomes


def test_the_type_says_whether_there_is_a_picture():
    assert content_type("mp4", has_video=True) == "video/mp4"
    assert content_type("webm", has_video=False) == "audio/webm"
