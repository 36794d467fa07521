"""Names, paths and words of a source stay data: nothing of them becomes a place or an option."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from downloads.tests.fetching import Fetcher
from downloads.tests.origins import Answer, Origin, origin

OURS = re.compile(r"video\.(?:mp4|webm|mkv|mp3|m4a)|thumbnail\.jpg|subtitles\.[\w-]+\.vtt")
VTT = b"WEBVTT\n\n00:00.000 --> 00:01.000\nOla\n"
EVIL = [
    "../../../../evil",
    "/etc/cron.d/evil",
    "..\\..\\evil",
    "%2e%2e%2f%2e%2e%2fevil",
    "....//....//evil",
    "evil\x00.mp4",
    "CON",
    "~/evil",
    "$(touch evil)",
    "`touch evil`",
    "--exec touch evil",
    "-o evil",
    "%(title)s/../evil",
]


@pytest.fixture
def site(sandbox) -> Iterator[Origin]:
    with origin() as one:
        video = sandbox.media.test_clip.muxed.read_bytes()
        one.answers["/x.mp4"] = Answer(200, {"Content-Type": "video/mp4"}, video)
        one.answers["/x.vtt"] = Answer(200, {"Content-Type": "text/vtt"}, VTT)
        yield one


def tree(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if "work" not in path.relative_to(folder).parts[:1]}


def fetch(fetcher: Fetcher, site: Origin, path: str, **over: Any) -> dict[str, Any]:
    """What came of it; nothing lies outside of the working folder, and only our names in it."""
    around = fetcher.workdir.parent
    before = tree(around)
    network = {"allowed": [site.address], "proxy": "", "ca_file": ""}
    event = fetcher.events(f"{site.url}{path}", network=network, **over)[-1]
    assert tree(around) == before
    assert not Path("evil").exists()
    assert not any("evil" in path.name for path in fetcher.workdir.rglob("*"))
    assert all(OURS.fullmatch(name) for name in fetcher.published())
    return event


@pytest.mark.parametrize("name", EVIL)
def test_a_title_names_no_file(fetcher: Fetcher, site: Origin, name: str):
    page = f'<html><head><title>{name}</title></head><video src="/x.mp4"></video></html>'
    site.answers["/page"] = Answer(200, {"Content-Type": "text/html"}, page.encode())

    event = fetch(fetcher, site, "/page")

    assert (event["event"], event.get("file")) == ("done", "video.mp4")


@pytest.mark.parametrize("name", EVIL)
def test_the_last_part_of_an_address_names_no_file(fetcher: Fetcher, site: Origin, name: str):
    path = f"/{quote(name, safe='')}.mp4"
    site.answers[path] = site.answers["/x.mp4"]

    event = fetch(fetcher, site, path, source="direct")

    assert (event["event"], event.get("file")) == ("done", "video.mp4")


@pytest.mark.parametrize("name", ["../../evil.mp4", "/tmp/evil.desktop", "evil.desktop", "..\\e"])
def test_a_suggested_name_is_not_taken(fetcher: Fetcher, site: Origin, name: str):
    video = site.answers["/x.mp4"]
    assert isinstance(video, Answer)
    headers = {**video.headers, "Content-Disposition": f'attachment; filename="{name}"'}
    site.answers["/get"] = Answer(200, headers, video.body)

    event = fetch(fetcher, site, "/get", source="direct")

    assert (event["event"], event.get("file")) == ("done", "video.mp4")


@pytest.mark.parametrize(
    "ending", ["desktop", "exe", "html", "svg", "sh", "url", "mp4/../../evil", "mp4%00.sh"]
)
def test_a_file_is_what_its_bytes_are_whatever_its_ending(
    fetcher: Fetcher, site: Origin, ending: str
):
    site.answers[f"/film.{ending}"] = site.answers["/x.mp4"]

    event = fetch(fetcher, site, f"/film.{ending}", source="direct")

    assert event["event"] in {"done", "failed"}
    if event["event"] == "done":
        assert event["file"] == "video.mp4"


@pytest.mark.parametrize("language", ["../../evil", "/etc/evil", "pt/../../evil", "evil.desktop"])
@pytest.mark.parametrize("track", ["x.vtt", "evil.desktop", "../../evil.vtt"])
def test_a_subtitle_is_named_by_us(fetcher: Fetcher, site: Origin, language: str, track: str):
    site.answers["/evil.desktop"] = site.answers["/evil.vtt"] = site.answers["/x.vtt"]
    page = (
        f'<html><video src="/x.mp4"><track kind="subtitles" srclang="{language}" src="{track}">'
        '<track kind="subtitles" srclang="pt" src="/x.vtt"></video></html>'
    )
    site.answers["/page"] = Answer(200, {"Content-Type": "text/html"}, page.encode())

    event = fetch(fetcher, site, "/page")

    assert event["event"] == "done"


@pytest.mark.parametrize("name", ["x.desktop", "../../evil.desktop", "/tmp/evil.url"])
def test_a_subtitle_of_a_playlist_leaves_no_foreign_file(
    fetcher: Fetcher, site: Origin, name: str
):
    kind = {"Content-Type": "application/vnd.apple.mpegurl"}
    master = (
        "#EXTM3U\n"
        f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="pt",LANGUAGE="../evil",URI="{name}"\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=100000,SUBTITLES="s"\nmedia.m3u8\n'
    )
    media = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nseg.ts\n#EXT-X-ENDLIST\n"
    site.answers["/master.m3u8"] = Answer(200, kind, master.encode())
    site.answers["/media.m3u8"] = Answer(200, kind, media.encode())
    segment = fetcher.sandbox.media.test_clip.file("hls/seg000.ts")
    assert segment
    site.answers["/seg.ts"] = Answer(200, {"Content-Type": "video/mp2t"}, segment.read_bytes())
    site.answers["/x.desktop"] = Answer(200, {}, b"[Desktop Entry]\nExec=touch evil\n")

    event = fetch(fetcher, site, "/master.m3u8", source="direct")

    assert event["event"] == "done"


@pytest.mark.parametrize("wish", ["quality", "format"])
def test_what_is_wished_for_is_a_closed_list_in_the_child_too(
    fetcher: Fetcher, site: Origin, wish: str
):
    event = fetch(fetcher, site, "/x.mp4", source="direct", **{wish: "%(title)s/../../evil"})

    assert event["event"] in {"done", "failed"}
