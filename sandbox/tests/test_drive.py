"""Public Drive: the real extractor gets the transcode or the source, or the site's refusal."""

import pytest

FILE = "https://drive.google.com/file/d/{}/view"
PLAIN = "1plain-sandbox-drive-file-000000"


@pytest.mark.parametrize(("wanted", "got"), [("bv*+ba/b", "18"), ("source/bv*+ba/b", "source")])
def test_the_transcode_and_the_source_are_offered(sandbox, fetch, wanted, got):
    fetched = fetch(FILE.format(PLAIN), format=wanted, writethumbnail=True)

    assert (fetched.error, fetched.warnings, sandbox.log.escaped) == ("", [], [])
    assert (fetched.info["id"], fetched.info["format_id"]) == (PLAIN, got)
    assert fetched.info["title"] == "Aula gravada.mp4"
    assert fetched.info["duration"] == 10
    assert list(fetched.files) == ["video.jpg", "video.mp4"]
    assert fetched.video == sandbox.media.test_clip.muxed.read_bytes()


def test_a_file_too_big_to_scan_needs_its_form(sandbox, fetch):
    fetched = fetch(FILE.format("1BIG-sandbox-drive-file-00000000"), format="source")

    assert fetched.video == sandbox.media.test_clip.muxed.read_bytes()
    assert [entry.method for entry in sandbox.log.requests("/download?")] == ["GET", "POST", "GET"]


@pytest.mark.parametrize(
    ("word", "words"), [("PRIVATE", "HTTP Error 403: Forbidden"), ("MISSING", "HTTP Error 404")]
)
def test_a_file_one_may_not_see_is_refused(fetch, word, words):
    fetched = fetch(FILE.format(f"1{word}-sandbox-drive-file-00000000"))

    assert f"Unable to download JSON metadata: {words}" in fetched.error
    assert fetched.files == {}


def test_after_too_many_downloads_only_the_transcode_is_left(fetch):
    fetched = fetch(FILE.format("1QUOTA-sandbox-drive-file-000000"), format="source/b")

    assert fetched.info["format_id"] == "18"
    assert "Too many users have viewed or downloaded this file recently" in fetched.warnings[0]


def test_a_lesson_is_there_too(sandbox, fetch):
    fetched = fetch(FILE.format("1CicloDaAgua-sandbox-drive-file0"), skip_download=True)

    assert fetched.info["title"] == "O ciclo da água: uma viagem em quatro passos.mp4"
    assert fetched.info["duration"] == 36
