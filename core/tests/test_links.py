"""A pasted link is recognised without asking anybody."""

import pytest

from core import links
from core.links import LinkError

VIDEO = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
FILE = "1AbCdEfGhIjKlMnOpQrStUvWxYz0123"
DRIVE = f"https://drive.google.com/file/d/{FILE}/view"


@pytest.mark.parametrize(
    "url",
    [
        VIDEO,
        "http://youtube.com/watch?v=dQw4w9WgXcQ",
        "https://m.youtube.com/watch?app=desktop&v=dQw4w9WgXcQ&t=42s",
        "https://music.youtube.com/watch?v=dQw4w9WgXcQ&list=RDAMVM",
        "https://www.youtube.com/watch?list=PLabc&v=dQw4w9WgXcQ&index=2",
        "https://youtu.be/dQw4w9WgXcQ?si=tracking",
        "https://youtu.be/dQw4w9WgXcQ/",
        "https://www.youtube.com/shorts/dQw4w9WgXcQ",
        "https://www.youtube.com/live/dQw4w9WgXcQ?feature=share",
        "https://www.youtube.com/embed/dQw4w9WgXcQ?autoplay=1",
        "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
        "HTTPS://WWW.YouTube.com/watch?v=dQw4w9WgXcQ",
        "  https://youtu.be/dQw4w9WgXcQ  ",
    ],
)
def test_every_link_to_a_youtube_video_is_the_same_video(url: str):
    found = links.recognise(url)

    assert (found.source, found.source_key, found.url_normalised) == (
        "youtube",
        "dQw4w9WgXcQ",
        VIDEO,
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/playlist?list=PLabc",
        "https://www.youtube.com/@professora/videos",
        "https://www.youtube.com/watch?v=short",
        "https://www.youtube.com/watch",
        "https://youtu.be/",
        "https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ",
        "https://notyoutube.com/watch?v=dQw4w9WgXcQ",
    ],
)
def test_other_links_are_not_youtube_videos(url: str):
    assert links.recognise(url).source == "web"


@pytest.mark.parametrize(
    "url",
    [
        DRIVE,
        f"https://drive.google.com/file/d/{FILE}/edit?usp=sharing",
        f"https://drive.google.com/a/school.edu.br/file/d/{FILE}/view",
        f"https://drive.google.com/file/u/1/d/{FILE}/preview",
        f"https://drive.google.com/open?id={FILE}",
        f"https://drive.google.com/uc?export=download&id={FILE}",
        f"https://docs.google.com/uc?id={FILE}",
        f"https://drive.usercontent.google.com/download?id={FILE}&confirm=t",
    ],
)
def test_every_link_to_a_drive_file_is_the_same_file(url: str):
    found = links.recognise(url)

    assert (found.source, found.source_key, found.url_normalised) == ("drive", FILE, DRIVE)


def test_a_drive_folder_is_not_a_file():
    assert links.recognise(f"https://drive.google.com/drive/folders/{FILE}").source == "web"


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://a.example/lesson.mp4", "direct"),
        ("https://a.example/lesson.MP4?token=1", "direct"),
        ("https://a.example/live/master.m3u8", "direct"),
        ("https://a.example/sound.mp3", "direct"),
        ("https://a.example/lesson.html", "web"),
        ("https://a.example/mp4", "web"),
        ("https://a.example/lesson.mp4/about", "web"),
        ("https://vimeo.com/123456", "web"),
    ],
)
def test_a_link_to_a_media_file_is_direct(url: str, source: str):
    assert links.recognise(url).source == source


def test_tracking_and_spelling_make_no_difference():
    plain = links.recognise("https://a.example/lesson.mp4?part=2")

    for url in (
        "https://A.Example:443/lesson.mp4?part=2&utm_source=mail&fbclid=x#t=10",
        "https://a.example/lesson.mp4?utm_medium=x&part=2",
    ):
        assert links.recognise(url) == plain
    assert links.recognise("https://a.example/lesson.mp4?part=3") != plain
    assert links.recognise("https://a.example:8443/lesson.mp4?part=2") != plain
    assert links.recognise("http://a.example/lesson.mp4?part=2") != plain


def test_a_signed_address_keeps_every_character_of_its_query():
    url = "https://a.example/l.mp4?Signature=a%2Bb%3D&Expires=1&empty=&flag"

    assert links.recognise(url).url_normalised == url


def test_letters_outside_ascii_are_kept_as_servers_know_them():
    found = links.recognise("https://a.example/aula ção.mp4".replace(" ", "%20"))

    assert found.url_normalised == "https://a.example/aula%20%C3%A7%C3%A3o.mp4"


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("", links.BadScheme),
        ("lesson", links.BadScheme),
        ("ftp://a.example/x.mp4", links.BadScheme),
        ("file:///etc/passwd", links.BadScheme),
        ("javascript:alert(1)", links.BadScheme),
        ("--exec=id", links.BadScheme),
        ("ytsearch:cats", links.BadScheme),
        ("https://", links.MissingHost),
        ("https:///x.mp4", links.MissingHost),
        ("https://a..b/x.mp4", links.MissingHost),
        (f"https://{'a' * 64}.example/x.mp4", links.MissingHost),
        ("https://a.example:99999/x.mp4", links.MissingHost),
        ("https://a.example:0/x.mp4", links.MissingHost),
        ("https://[::1/x.mp4", links.MissingHost),
        ("https://user@a.example/x.mp4", links.HasCredentials),
        ("https://user:word@a.example/x.mp4", links.HasCredentials),
        ("https://a.example@127.0.0.1/x.mp4", links.HasCredentials),
        ("https://a.example/x y.mp4", links.BadCharacters),
        ("https://a.example/x\n.mp4", links.BadCharacters),
        ("https://a.example/x\x00.mp4", links.BadCharacters),
        ("https://a.example\\@127.0.0.1/x.mp4", links.BadCharacters),
        ("https://a.example/" + "x" * 2000, links.LinkTooLong),
    ],
)
def test_what_cannot_be_fetched_says_why(url: str, error: type[LinkError]):
    with pytest.raises(error):
        links.recognise(url)
    assert issubclass(error, ValueError)


def test_the_longest_link_is_accepted():
    url = "https://a.example/" + "x" * (2000 - len("https://a.example/"))

    assert links.recognise(url).url_normalised == url


def test_a_fragment_that_would_speak_to_the_extractor_is_dropped():
    url = "https://a.example/x#__youtubedl_smuggle=%7B%22to_generic%22%3A+true%7D"

    assert links.recognise(url).url_normalised == "https://a.example/x"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Aula 1.mp4", "Aula 1"),
        ("Aula 1.MKV", "Aula 1"),
        ("Aula.mp4.mp4", "Aula.mp4"),
        ("Lista.pdf", "Lista.pdf"),
        ("Aula 1.2", "Aula 1.2"),
        (".mp4", ".mp4"),
        ("", ""),
    ],
)
def test_the_name_of_a_media_file_is_a_title_without_its_suffix(name: str, title: str):
    assert links.without_media_suffix(name) == title


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://www.youtube.com/playlist?list=PLabc-123", ("playlist", "PLabc-123")),
        ("https://m.youtube.com/playlist?si=x&list=PLabc-123", ("playlist", "PLabc-123")),
        ("https://www.youtube.com/watch?list=PLabc-123", ("playlist", "PLabc-123")),
        ("https://www.youtube.com/@Professora.Ana", ("channel", "@professora.ana")),
        ("https://youtube.com/@ana/featured", ("channel", "@ana")),
        ("https://www.youtube.com/@ana/shorts", ("channel", "@ana/shorts")),
        ("https://www.youtube.com/c/Escola", ("channel", "c/escola")),
        (f"https://www.youtube.com/channel/UC{'Ab' * 11}/", ("channel", f"UC{'Ab' * 11}")),
    ],
)
def test_lists_of_youtube_are_known_by_their_links(url: str, found: tuple[str, str]):
    several = links.playlist_of(url)

    assert several
    assert (several.kind, several.key) == found
    assert links.playlist_of(several.url) == several


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/watch?v=okvideo0001&list=PLabc-123",
        "https://youtu.be/okvideo0001",
        "https://www.youtube.com/",
        "https://www.youtube.com/playlist?list=../x",
        "https://notyoutube.com/playlist?list=PLabc-123",
        "https://vimeo.com/@ana",
    ],
)
def test_other_links_are_no_lists(url: str):
    assert links.playlist_of(url) is None
