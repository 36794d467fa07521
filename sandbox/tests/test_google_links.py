"""Files of the school as the real yt-dlp sees them, without an account."""

import pytest

from sandbox.tests.googling import TEACHER

VIDEO = "1video-of-the-school-0000000001"
PAGE = f"https://drive.google.com/file/d/{VIDEO}/view"


def test_a_public_one_plays(sandbox, google, fetch):
    google.file(VIDEO, "Aula pública.mp4", "video/mp4", size=200_000, public=True)

    fetched = fetch(PAGE, format="source")
    assert fetched.error == ""
    assert fetched.info["title"] == "Aula pública.mp4"
    assert fetched.video == b"".join(sandbox.unique(VIDEO, 200_000).blocks(0, 200_000))
    assert sandbox.log.escaped == []


@pytest.mark.parametrize("more", [{"readers": [TEACHER]}, {"public": True, "trashed": True}])
def test_a_private_one_does_not(google, fetch, more):
    google.file(VIDEO, "Aula.mp4", "video/mp4", size=200_000, owner=TEACHER, **more)

    fetched = fetch(PAGE)
    assert "HTTP Error 403: Forbidden" in fetched.error
    assert fetched.files == {}
