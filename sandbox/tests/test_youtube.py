"""YouTube: the real extractor plays, refuses and lists as it does with the real site."""

import pytest

from sandbox import catalogue
from sandbox.tests.films import look

WATCH = "https://www.youtube.com/watch?v="
SUBTITLES = {"writesubtitles": True, "subtitleslangs": ["pt", "en"], "subtitlesformat": "vtt/best"}


def urls(sandbox, containing):
    return [entry.url for entry in sandbox.log.requests(containing)]


def test_a_video_arrives_merged_with_subtitles_and_thumbnail(sandbox, fetch):
    fetched = fetch(WATCH + "abcdefghijk", writethumbnail=True, **SUBTITLES)

    assert (fetched.error, fetched.warnings, sandbox.log.escaped) == ("", [], [])
    assert fetched.info["id"] == "abcdefghijk"
    assert fetched.info["title"] == "Aula de teste abcdefghijk"
    assert fetched.info["format_id"] == "136+140"
    assert fetched.info["uploader"] == "Professora"
    assert list(fetched.files) == [
        "video.en.vtt",
        "video.mp4",
        "video.pt.vtt",
        "video.webp",
    ]
    film = look(str(fetched.home / "video.mp4"))
    assert (film.codecs, film.height, film.frames) == (["h264", "aac"], 720, 100)
    assert film.seconds == pytest.approx(10, abs=0.3)


def test_the_challenges_of_the_addresses_are_solved_by_deno(sandbox, fetch):
    fetched = fetch(WATCH + "abcdefghijk")

    assert "[youtube] [jsc:deno] Solving JS challenges using deno" in fetched.said
    media = urls(sandbox, "googlevideo.com")
    assert len(media) == 2
    assert all("signed=1" in url and "n=56789VWXYZ" in url for url in media)


def test_a_wrong_signature_is_refused(sandbox, get):
    path = "/videoplayback?id=abcdefghijk&itag=18&signed=1&n=56789VWXYZ&sig=wrong"

    assert get(path, Host="rr1---sn-sandbox.googlevideo.com").status == 403


@pytest.mark.parametrize(("wanted", "got"), [("18", "18"), ("243+251", "243+251")])
def test_other_formats_can_be_chosen(fetch, wanted, got):
    fetched = fetch(WATCH + "abcdefghijk", format=wanted, merge_output_format="mkv/mp4")

    assert (fetched.error, fetched.info["format_id"]) == ("", got)


@pytest.mark.parametrize(
    ("video_id", "words"),
    [
        ("private0000", "Private video. Sign in if you've been granted access to this video"),
        ("removed0000", "Video unavailable. This video has been removed by the uploader"),
        ("missing0000", "Video unavailable"),
        ("agegate0000", "Sign in to confirm your age. This video may be inappropriate"),
        ("geoblock000", "The uploader has not made this video available in your country"),
        ("notabot0000", "Sign in to confirm you’re not a bot"),
        ("ratelimit00", "This content isn't available, try again later"),
        ("members0000", "Join this channel to get access to members-only content"),
        ("premiere000", "Premieres in 3 hours"),
        ("http429xxxx", "Failed to extract any player response"),
    ],
)
def test_a_video_that_does_not_play_is_refused_in_youtubes_words(fetch, video_id, words):
    fetched = fetch(WATCH + video_id)

    assert fetched.error.startswith(f"ERROR: [youtube] {video_id}: {words}")
    assert fetched.files == {}


def test_forbidden_media_and_refused_subtitles_fail_after_the_extraction(fetch):
    forbidden = fetch(WATCH + "forbid00000")
    assert forbidden.error == "ERROR: unable to download video data: HTTP Error 403: Forbidden"

    refused = fetch(WATCH + "subs429xxxx", **SUBTITLES)
    assert "Unable to download video subtitles for 'pt': HTTP Error 429" in refused.error


@pytest.mark.parametrize("video_id", ["oddtitle000", "xsstitle000"])
def test_titles_may_hold_what_pages_and_files_must_not_believe(fetch, video_id):
    title = fetch(WATCH + video_id, skip_download=True).info["title"]

    assert "<" in title
    assert ("</script>" in title) == (video_id == "xsstitle000")
    assert ("\u202e" in title) == (video_id == "oddtitle000")


def test_a_playlist_lists_its_videos_a_private_one_among_them(fetch):
    url = "https://www.youtube.com/playlist?list=PLanything"
    entries = fetch(url, extract_flat="in_playlist").info["entries"]

    assert [entry["id"] for entry in entries] == ["okvideo0001", "private0000", "okvideo0002"]


def test_the_playlist_of_the_demo_lists_every_lesson(fetch):
    url = f"https://www.youtube.com/playlist?list={catalogue.DEMO_PLAYLIST}"
    info = fetch(url, extract_flat="in_playlist").info

    assert info["title"] == "Aulas do semestre"
    assert [entry["title"] for entry in info["entries"]] == [
        lesson.title for lesson in catalogue.lessons()
    ]


def test_a_lesson_has_its_title_chapters_teacher_and_words(fetch):
    fetched = fetch("https://youtu.be/cicloAgua01", **SUBTITLES)

    assert fetched.info["title"] == "O ciclo da água: uma viagem em quatro passos"
    assert fetched.info["uploader"] == "Professor André Nogueira"
    assert fetched.info["duration"] == 36
    assert [(each["start_time"], each["title"]) for each in fetched.info["chapters"]] == [
        (0, "Evaporação"),
        (9, "Condensação"),
        (18, "Chuva"),
        (27, "Infiltração"),
    ]
    spoken = (fetched.home / "video.pt.vtt").read_text("utf-8")
    assert "00:00:09.000 --> 00:00:17.800\nO vapor sobe e forma as nuvens." in spoken
    assert look(str(fetched.home / "video.mp4")).seconds == pytest.approx(36, abs=0.5)
