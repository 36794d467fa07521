"""Every kind of source gives the right file, with what belongs beside it."""

import hashlib
from html import escape
from pathlib import Path
from urllib.parse import quote

import av
import pytest

from downloads.tests.fetching import BAD, VIDEOS, YOUTUBE, Fetcher

DRIVE = "https://drive.google.com/file/d/{}/view"
A_FILE = "1AbCdEfGhIjKlMnOpQrStUvWxYz0123"


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def clip(fetcher: Fetcher, name: str) -> Path:
    path = fetcher.sandbox.media.test_clip.file(name)
    assert path
    return path


def test_youtube_gives_video_and_audio_as_one_mp4_with_all_that_belongs_to_it(fetcher: Fetcher):
    events = fetcher.events(YOUTUBE + "okvideo0001", "youtube")
    resolved = next(event for event in events if event["event"] == "resolved")
    done = events[-1]

    assert resolved["title"] == "Aula de teste okvideo0001"
    assert resolved["duration_seconds"] == 10
    assert resolved["uploader"] == "Professora"
    assert resolved["extractor"] == "youtube"
    assert resolved["source_id"] == "okvideo0001"
    assert resolved["thumbnail"] == "thumbnail.jpg"
    assert (resolved["width"], resolved["height"]) == (1280, 720)
    parts = clip(fetcher, "video.mp4"), clip(fetcher, "audio.m4a")
    assert resolved["estimated_bytes"] == sum(part.stat().st_size for part in parts)

    assert (done["container"], done["content_type"]) == ("mp4", "video/mp4")
    assert (done["video_codec"], done["audio_codec"]) == ("h264", "aac")
    assert (done["width"], done["height"]) == (1280, 720)
    assert done["duration_seconds"] == pytest.approx(10, abs=0.1)
    assert done["subtitles"] == [
        {"language": "pt", "label": "Português", "automatic": False, "file": "subtitles.pt.vtt"},
        {"language": "en", "label": "English", "automatic": False, "file": "subtitles.en.vtt"},
    ]
    assert done["metadata"] == {k: v for k, v in resolved.items() if k != "event"}
    folder = Path(done["folder"])
    assert fetcher.published() == {
        "video.mp4": done["size_bytes"],
        "thumbnail.jpg": (folder / "thumbnail.jpg").stat().st_size,
        "subtitles.pt.vtt": clip(fetcher, "pt.vtt").stat().st_size,
        "subtitles.en.vtt": clip(fetcher, "en.vtt").stat().st_size,
    }
    assert sha256(folder / done["file"]) == done["sha256"]
    assert (folder / "thumbnail.jpg").read_bytes().startswith(b"\xff\xd8\xff")
    assert fetcher.sandbox.log.escaped == []


def test_the_stages_come_in_order_and_progress_only_grows(fetcher: Fetcher):
    events = fetcher.events(YOUTUBE + "okvideo0001", "youtube")

    assert [event["event"] for event in events if event["event"] not in {"progress", "alive"}] == [
        "started",
        "resolved",
        "stage",
        "stage",
        "stage",
        "done",
    ]
    stages = [event["stage"] for event in events if event["event"] == "stage"]
    assert stages == ["downloading", "merging", "storing"]
    done = [event["downloaded_bytes"] for event in events if event["event"] == "progress"]
    assert done == sorted(done)
    last = [event for event in events if event["event"] == "progress"][-1]
    assert last["downloaded_bytes"] == last["total_bytes"] == events[1]["estimated_bytes"]


def test_progress_comes_at_most_four_times_a_second(fetcher: Fetcher):
    events = fetcher.events(f"{VIDEOS}/unique/slow/900000.mp4?rate=600000", "direct")

    updates = [event for event in events if event["event"] == "progress"]
    assert 4 <= len(updates) <= 8
    assert updates[-2]["speed"] == pytest.approx(600_000, rel=0.4)
    assert 0 < updates[1]["eta"] < 3


def test_a_playlist_beside_a_video_is_left_alone(fetcher: Fetcher):
    done = fetcher.done(f"{YOUTUBE}okvideo0001&list=PLabc", "youtube")

    assert done["metadata"]["source_id"] == "okvideo0001"


def test_a_refused_subtitle_does_not_cost_the_video(fetcher: Fetcher):
    done = fetcher.done(f"{YOUTUBE}subs429xxxx", "youtube")

    assert done["subtitles"] == []
    assert sorted(fetcher.published()) == ["thumbnail.jpg", "video.mp4"]


def test_subtitles_that_are_not_wanted_are_not_asked_for(fetcher: Fetcher):
    done = fetcher.done(f"{YOUTUBE}okvideo0001", "youtube", subtitles=False)

    assert done["subtitles"] == []
    assert fetcher.sandbox.log.requests("timedtext") == []


@pytest.mark.parametrize(
    ("wanted", "container", "codecs", "height"),
    [
        ({"quality": "360p"}, "mp4", ("h264", "aac"), 360),
        pytest.param({"quality": "480p"}, "mp4", ("h264", "aac"), 360, marks=pytest.mark.slow),
        pytest.param({"quality": "2160p"}, "mp4", ("h264", "aac"), 720, marks=pytest.mark.slow),
        ({"quality": "worst"}, "mp4", ("h264", "aac"), 360),
        pytest.param({"format": "mp4"}, "mp4", ("h264", "aac"), 720, marks=pytest.mark.slow),
        ({"format": "mkv"}, "mkv", ("h264", "aac"), 720),
        ({"format": "webm"}, "webm", ("vp9", "opus"), None),
        ({"audio_only": True}, "m4a", (None, "aac"), None),
        pytest.param(
            {"audio_only": True, "format": "m4a"},
            "m4a",
            (None, "aac"),
            None,
            marks=pytest.mark.slow,
        ),
        ({"audio_only": True, "format": "opus"}, "opus", (None, "opus"), None),
        ({"audio_only": True, "format": "mp3"}, "mp3", (None, "mp3"), None),
        ({"expression": "18"}, "mp4", ("h264", "aac"), 360),
    ],
)
def test_quality_and_format_are_what_was_asked_for(
    fetcher: Fetcher, wanted, container, codecs, height
):
    done = fetcher.done(f"{YOUTUBE}okvideo0001", "youtube", subtitles=False, **wanted)

    assert (done["container"], done["file"]) == (container, f"video.{container}")
    assert (done["video_codec"], done["audio_codec"]) == codecs
    if height:
        assert done["height"] == height
    assert done["duration_seconds"] == pytest.approx(10, abs=0.2)
    path = Path(done["folder"]) / done["file"]
    assert sha256(path) == done["sha256"]
    with av.open(str(path)) as file:
        assert len(list(file.demux())) > 100


@pytest.mark.parametrize("source", ["direct", "web"])
def test_a_direct_file_keeps_its_exact_bytes(fetcher: Fetcher, source: str):
    original = fetcher.sandbox.unique("lesson", 400_000)

    done = fetcher.done(f"{VIDEOS}/unique/lesson/400000.mp4", source)

    assert done["sha256"] == original.sha256() == sha256(Path(done["folder"]) / "video.mp4")
    assert done["size_bytes"] == 400_000
    assert done["metadata"]["title"] == "400000"
    assert done["thumbnail"] == "thumbnail.jpg"


def test_a_file_is_stored_under_the_name_of_what_it_is(fetcher: Fetcher):
    done = fetcher.done(f"{VIDEOS}/video.webm", "direct")

    assert (done["file"], done["content_type"]) == ("video.webm", "video/webm")
    assert done["sha256"] == sha256(clip(fetcher, "video.webm"))


def test_sound_alone_is_a_result_where_the_source_has_no_more(fetcher: Fetcher):
    done = fetcher.done(f"{VIDEOS}/audio.m4a", "direct")

    assert (done["container"], done["content_type"]) == ("m4a", "audio/mp4")
    assert (done["video_codec"], done["width"], done["thumbnail"]) == (None, None, None)
    assert done["sha256"] == sha256(clip(fetcher, "audio.m4a"))


def test_only_the_sound_of_a_video_file(fetcher: Fetcher):
    done = fetcher.done(f"{VIDEOS}/muxed.mp4", "direct", audio_only=True)

    assert (done["container"], done["video_codec"], done["audio_codec"]) == ("m4a", None, "aac")


@pytest.mark.parametrize("playlist", ["hls/master.m3u8", "hls_aes/master.m3u8", "hls/media.m3u8"])
def test_a_stream_in_pieces_becomes_one_playable_file(fetcher: Fetcher, playlist: str):
    done = fetcher.done(f"{VIDEOS}/{playlist}", "direct")

    assert (done["container"], done["video_codec"], done["audio_codec"]) == ("mp4", "h264", "aac")
    assert done["duration_seconds"] == pytest.approx(10, abs=0.2)


def test_dash_becomes_one_playable_file(fetcher: Fetcher):
    done = fetcher.done(f"{VIDEOS}/dash/manifest.mpd", "direct")

    assert (done["container"], done["video_codec"], done["audio_codec"]) == ("mp4", "h264", "aac")


def test_the_video_of_a_page_has_the_name_of_the_page(fetcher: Fetcher):
    done = fetcher.done(f"{VIDEOS}/page.html")

    assert done["metadata"]["title"] == "A page with a video"
    assert done["sha256"] == sha256(clip(fetcher, "muxed.mp4"))


def test_drive_gives_the_original(fetcher: Fetcher):
    done = fetcher.done(DRIVE.format(A_FILE), "drive")

    assert done["metadata"]["title"] == "Aula gravada"
    assert done["sha256"] == sha256(clip(fetcher, "muxed.mp4"))
    assert done["thumbnail"] == "thumbnail.jpg"
    assert fetcher.sandbox.log.requests("videoplayback") == []


def test_drive_gives_a_large_original_past_its_warning(fetcher: Fetcher):
    done = fetcher.done(DRIVE.format(A_FILE + "BIG"), "drive")

    assert done["sha256"] == sha256(clip(fetcher, "muxed.mp4"))
    assert fetcher.sandbox.log.requests("videoplayback") == []


def test_drive_gives_its_copy_when_the_original_is_over_quota(fetcher: Fetcher):
    fetcher.done(DRIVE.format(A_FILE + "QUOTA"), "drive")

    assert fetcher.sandbox.log.requests("videoplayback") != []


def test_the_page_is_looked_at_once(fetcher: Fetcher):
    fetcher.done(f"{YOUTUBE}okvideo0001", "youtube")

    assert len(fetcher.sandbox.log.requests("/watch?")) == 1


def page(*parts: str) -> str:
    """A page of the sandbox's with this body."""
    return f"{BAD}/text/page?type=text/html&body=" + quote(f"<html>{''.join(parts)}</html>")


def test_subtitles_of_a_page_become_webvtt_and_those_that_are_none_are_left_out(fetcher: Fetcher):
    srt = quote("1\\n00:00:00,000 --> 00:00:02,000\\nOlá\\n\\n")
    tracks = {
        "pt": f"{BAD}/text/x.srt?type=text/plain&body={srt}",
        "pt-BR": f"{BAD}/404/x.vtt",
        "en": f"{BAD}/htmlasmp4/x.vtt",
        "fr": f"{VIDEOS}/en.vtt",
    }
    html = "".join(
        f'<track kind="subtitles" srclang="{language}" src="{escape(address)}">'
        for language, address in tracks.items()
    )

    done = fetcher.done(page(f'<video src="{VIDEOS}/muxed.mp4">', html, "</video>"))

    assert [track["language"] for track in done["subtitles"]] == ["pt"]
    text = (Path(done["folder"]) / "subtitles.pt.vtt").read_text(encoding="utf-8")
    assert text.startswith("WEBVTT\n\n00:00.000 --> 00:02.000\nOlá")


def test_a_page_with_several_videos_is_a_list(fetcher: Fetcher):
    video = f'<video src="{VIDEOS}/muxed.mp4"></video>'
    other = f'<video src="{VIDEOS}/video.webm"></video>'

    failed = fetcher.failed(page(video, other))

    assert (failed["code"], "list of videos" in failed["detail"]) == ("source.unsupported", True)


def test_a_drive_file_at_a_wanted_height_is_the_copy_of_that_height(fetcher: Fetcher):
    done = fetcher.done(DRIVE.format(A_FILE), "drive", quality="360p")

    assert done["height"] == 360
    assert fetcher.sandbox.log.requests("videoplayback") != []
    assert fetcher.done(DRIVE.format(A_FILE), "drive", quality="worst")["height"] == 360
