"""What hangs on a coursework is found in its attachments and its words, each once."""

import pytest

from courses.classroom.videos import Found, find, is_worth_asking, links_in

ID = "dQw4w9WgXcQ"
WATCH = f"https://www.youtube.com/watch?v={ID}"
FILE = "1aBcDeFgHiJkLmNoPqRsTuVwXyZ012345"


def only(*materials: object, text: str = "") -> Found:
    (found,) = find(list(materials), text)
    return found


def drive(file_id: str, title: str, link: str = "") -> dict[str, object]:
    return {"driveFile": {"driveFile": {"id": file_id, "title": title, "alternateLink": link}}}


@pytest.mark.parametrize(
    "link",
    [
        WATCH,
        f"http://youtube.com/watch?list=PL123&v={ID}&t=4",
        f"https://youtu.be/{ID}?si=abc",
        f"https://m.youtube.com/watch?v={ID}",
        f"https://www.youtube.com/shorts/{ID}",
        f"https://www.youtube.com/live/{ID}?feature=share",
        f"https://www.youtube.com/embed/{ID}",
        f"https://www.youtube-nocookie.com/embed/{ID}?rel=0",
        f"youtu.be/{ID}",
        f"www.youtube.com/watch?v={ID}",
    ],
)
def test_every_spelling_of_a_youtube_link_is_the_one_video(link: str) -> None:
    attached = only({"link": {"url": link if "://" in link else f"https://{link}"}})
    in_text = only(text=f"Vejam ({link}), até amanhã.")
    assert (attached.source, attached.key, attached.url) == ("youtube", ID, WATCH)
    assert (in_text.source, in_text.key, in_text.in_text) == ("youtube", ID, True)


@pytest.mark.parametrize(
    "link",
    [
        "https://www.youtube.com/playlist?list=PLabcdefghijk",
        "https://www.youtube.com/embed/videoseries?list=PLabcdefghijk",
        "https://www.youtube.com/embed/live_stream?channel=UCabc",
        "https://www.youtube.com/@escola",
    ],
)
def test_a_playlist_or_channel_is_a_link_that_nobody_need_ask_about(link: str) -> None:
    found = only({"link": {"url": link, "title": "Lista"}})
    assert (found.source, found.kind, found.url, found.title) == ("", "link", link, "Lista")
    assert not is_worth_asking(found.url)


def test_an_attached_youtube_video_is_told_by_its_id() -> None:
    for name in ("youtubeVideo", "youTubeVideo"):
        found = only({name: {"id": ID, "title": " Aula\n1 ", "alternateLink": WATCH}})
        assert (found.source, found.key, found.title) == ("youtube", ID, "Aula 1")


def test_an_attached_video_with_a_broken_id_is_told_by_its_link() -> None:
    assert only({"youtubeVideo": {"id": "../x", "alternateLink": WATCH}}).key == ID
    broken = only({"youtubeVideo": {"id": 7, "title": "Aula", "alternateLink": "javascript:x"}})
    assert (broken.source, broken.kind, broken.url, broken.title) == ("", "other", "", "Aula")


def test_drive_files_are_guessed_by_their_names_until_drive_is_asked() -> None:
    film = only(drive(FILE, "Aula 1.MP4"))
    sheet = only(drive(FILE, "Folha.pdf"))
    plan = only(drive(FILE, "Plano", f"https://docs.google.com/document/d/{FILE}/edit"))
    folder = only(drive(FILE, "Pasta", f"https://drive.google.com/drive/folders/{FILE}"))
    kinds = [(one.source, one.kind, one.is_drive) for one in (film, sheet, plan, folder)]
    expected = [("drive", "", True), ("", "file", True), ("", "document", True)]
    assert kinds == [*expected, ("", "link", False)]
    assert film.url == f"https://drive.google.com/file/d/{FILE}/view"


def test_drive_links_in_texts_are_videos_unless_their_title_says_otherwise() -> None:
    link = f"https://drive.google.com/file/d/{FILE}/view?resourcekey=0-abc&usp=sharing"
    in_text = only(text=f"Aqui: {link}")
    assert (in_text.source, in_text.key, in_text.resource_key) == ("drive", FILE, "0-abc")
    titled = only({"link": {"url": link, "title": "folha.pdf"}})
    assert (titled.source, titled.kind, titled.key) == ("", "file", FILE)


def test_direct_links_are_told_by_their_extension_others_are_links() -> None:
    direct, page = find([], "https://x.example/a.mp4 e https://escola.example/b?utm_source=x")
    assert (direct.source, direct.url) == ("direct", "https://x.example/a.mp4")
    assert (page.source, page.kind, page.url) == ("", "link", "https://escola.example/b")
    assert is_worth_asking(page.url)


def test_what_is_attached_and_written_is_one_video() -> None:
    link = f"https://drive.google.com/open?id={FILE}"
    found = find(
        [{"youtubeVideo": {"id": ID, "title": "Aula"}}, drive(FILE, "a.mp4")],
        f"{WATCH} {link}",
        f"de novo https://youtu.be/{ID}",
    )
    assert [(one.key, one.in_text, one.position) for one in found] == [
        (ID, False, 0),
        (FILE, False, 1),
    ]


def test_forms_gems_notebooks_and_what_comes_next_are_kept() -> None:
    found = find(
        [
            {
                "form": {
                    "formUrl": "https://forms.gle/a",
                    "responseUrl": "https://x/r",
                    "title": "P",
                }
            },
            {"gem": {"id": "g", "title": "G", "url": "https://gemini.google.com/gem/g"}},
            {"notebook": {"id": "n", "title": "N", "url": "https://notebooklm.google.com/n"}},
            {"hologram": {"id": "h", "title": "H", "holoUrl": "https://holo.google.com/h"}},
            {"future": {"id": "f", "title": "F"}},
        ]
    )
    assert [(one.kind, one.title, one.url) for one in found] == [
        ("form", "P", "https://forms.gle/a"),
        ("gem", "G", "https://gemini.google.com/gem/g"),
        ("notebook", "N", "https://notebooklm.google.com/n"),
        ("other", "H", "https://holo.google.com/h"),
        ("other", "F", ""),
    ]
    assert len({one.key for one in found}) == 5


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://ana:pw@x.example/",
        "//x",
        "",
        None,
        7,
        {},
    ],
)
def test_a_link_that_is_none_is_never_made_one(url: object) -> None:
    found = only({"link": {"url": url, "title": "Clique"}})
    assert (found.url, found.kind, found.title) == ("", "link", "Clique")


@pytest.mark.parametrize("materials", [None, 7, "x", {}, [None, 7, "x", [], {"link": "x"}]])
def test_materials_of_a_wrong_shape_are_none(materials: object) -> None:
    assert find(materials) == []


def test_hostile_titles_are_cut_and_cleaned() -> None:
    found = only(drive(FILE, "a\x00\x1b[31m\ud800" + "x" * 5000 + ".mp4"))
    assert len(found.title) == 500
    assert found.title.startswith("a[31m?x")
    assert found.title.isprintable()


def test_there_are_at_most_twenty_materials_and_fifty_links() -> None:
    many = [{"link": {"url": f"https://x.example/{n}"}} for n in range(30)]
    text = " ".join(f"https://y.example/{n}" for n in range(80))
    assert len(find(many, text)) == 70


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Vejam https://x.example/a.", ["https://x.example/a"]),
        ("(https://x.example/a)", ["https://x.example/a"]),
        ("https://x.example/a_(b)", ["https://x.example/a_(b)"]),
        ("<a href='https://x.example/a'>", ["https://x.example/a"]),
        ("https://x.example/a,https", ["https://x.example/a,https"]),
        ("«https://x.example/a»!", ["https://x.example/a"]),
        ("https://youtu.be/abcdefghi_-", ["https://youtu.be/abcdefghi_-"]),
        ("HTTPS://X.example/A\nhttp://y.example", ["HTTPS://X.example/A", "http://y.example"]),
        ("ana@www.x.example, ftp://x, mailto:a@b.c", []),
        ("www.x.example/aula", ["https://www.x.example/aula"]),
        ("sem link", []),
    ],
)
def test_links_are_cut_out_of_sentences(text: str, expected: list[str]) -> None:
    assert links_in(text) == expected


@pytest.mark.timeout(5)
def test_no_text_takes_long() -> None:
    for text in ("https://" * 4000, ")" * 30000, "https://x/" + ")" * 30000, "www." * 7000):
        find([], text)
