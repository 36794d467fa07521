"""The videos API: list, read, delete."""

from datetime import UTC, datetime

import pytest

from conftest import received
from core import storage
from library.models import StoredFile, Video
from library.tests.build import make_video

URL = "/api/v1/videos"


def ids(answer) -> list[int]:
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_a_video_is_told_whole(integrator, ana):
    video = make_video(
        ana,
        content=b"moving pictures",
        title="Frações",
        description="Metades",
        uploader="Prof. Lima",
        source="youtube",
        source_url="https://www.youtube.com/watch?v=abc",
        published_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
        duration_seconds=61.5,
        width=1280,
        height=720,
        video_codec="h264",
        audio_codec="aac",
        chapters=[{"title": "Intro", "start_seconds": 0, "end_seconds": 5.5}],
        thumbnail=b"picture",
        subtitles={"pt": "WEBVTT"},
    )
    assert integrator.get(f"{URL}/{video.pk}").json() == {
        "id": video.pk,
        "title": "Frações",
        "description": "Metades",
        "uploader": "Prof. Lima",
        "source": "youtube",
        "source_url": "https://www.youtube.com/watch?v=abc",
        "published_at": "2026-03-01T12:00:00Z",
        "duration_seconds": 61.5,
        "width": 1280,
        "height": 720,
        "video_codec": "h264",
        "audio_codec": "aac",
        "container": "mp4",
        "file": {
            "path": f"library/{video.file.key}",
            "size_bytes": 15,
            "sha256": video.file.sha256,
            "content_type": "video/mp4",
            "url": f"{URL}/{video.pk}/file",
        },
        "thumbnail_url": f"/library/{video.pk}/thumbnail",
        "subtitles": [
            {
                "language": "pt",
                "label": "pt",
                "automatic": False,
                "url": f"/library/{video.pk}/subtitles/pt.vtt",
            }
        ],
        "chapters": [{"title": "Intro", "start_seconds": 0, "end_seconds": 5.5}],
        "created_at": video.created_at.isoformat().replace("+00:00", "Z"),
        "watched_at": None,
        "pinned": False,
        "expires_at": None,
        "removal_at": None,
    }


def test_what_is_not_known_is_null(integrator, ana):
    told = integrator.get(f"{URL}/{make_video(ana).pk}").json()
    unknown = {name for name, value in told.items() if value is None}
    assert unknown == {
        "uploader",
        "source_url",
        "published_at",
        "duration_seconds",
        "width",
        "height",
        "video_codec",
        "audio_codec",
        "thumbnail_url",
        "watched_at",
        "expires_at",
        "removal_at",
    }


def test_the_newest_come_first_and_words_narrow_the_list(integrator, ana):
    first = make_video(ana, title="Frações", uploader="Escola Azul")
    second = make_video(ana, title="Verbos", description="Sobre frações não.")
    third = make_video(ana, title="Mapas")
    assert ids(integrator.get(URL)) == [third.pk, second.pk, first.pk]
    assert ids(integrator.get(URL, {"search": "FRACOES"})) == [second.pk, first.pk]
    assert ids(integrator.get(URL, {"search": "frações azul"})) == [first.pk]
    page = integrator.get(f"{URL}?limit=1&offset=1")
    assert ids(page) == [second.pk]
    assert page.json()["total"] == 3


def test_a_long_list_costs_as_many_queries_as_a_short_one(
    integrator, ana, django_assert_num_queries
):
    integrator.get(URL)  # notes the key's use
    for number in (1, 10):
        for _ in range(number):
            make_video(ana, subtitles={"pt": "WEBVTT", "en": "WEBVTT"})
        with django_assert_num_queries(4):  # the key, the number, the rows, their subtitles
            assert len(ids(integrator.get(URL))) >= number


def test_a_deleted_video_is_gone_with_its_bytes(
    integrator, ana, django_capture_on_commit_callbacks
):
    video = make_video(ana, thumbnail=b"picture", subtitles={"pt": "WEBVTT"})
    folder = storage.path_of(video.file.key).parent
    with django_capture_on_commit_callbacks(execute=True):
        answer = integrator.delete(f"{URL}/{video.pk}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert not folder.exists()
    assert not StoredFile.objects.exists()
    assert integrator.get(f"{URL}/{video.pk}").status_code == 404
    assert integrator.delete(f"{URL}/{video.pk}").status_code == 404


def test_bytes_two_teachers_have_go_with_the_second_of_them(
    integrator, ana, bruno, bruno_client, django_capture_on_commit_callbacks
):
    mine, theirs = make_video(ana, content=b"same"), make_video(bruno, content=b"same")
    with django_capture_on_commit_callbacks(execute=True):
        assert integrator.delete(f"{URL}/{mine.pk}").status_code == 204
    assert received(bruno_client.get(f"{URL}/{theirs.pk}/file")) == b"same"
    with django_capture_on_commit_callbacks(execute=True):
        assert bruno_client.delete(f"{URL}/{theirs.pk}").status_code == 204
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("path", ["", "/file"])
@pytest.mark.parametrize("method", ["get", "head", "delete"])
def test_another_teachers_video_is_like_one_that_never_was(bruno_client, ana, method, path):
    video = make_video(ana, title="Segredo")
    foreign = getattr(bruno_client, method)(f"{URL}/{video.pk}{path}")
    missing = getattr(bruno_client, method)(f"{URL}/{video.pk + 1000}{path}")
    assert foreign.status_code == missing.status_code
    assert foreign.status_code == (405 if (method, path) == ("delete", "/file") else 404)
    if method != "head":
        assert {**foreign.json(), "request_id": ""} == {**missing.json(), "request_id": ""}
    assert Video.objects.count() == 1
    assert storage.path_of(video.file.key).exists()


def test_another_teacher_does_not_find_it_in_the_list(bruno_client, ana):
    make_video(ana, title="Segredo")
    answer = bruno_client.get(f"{URL}?search=segredo")
    assert answer.json() == {"results": [], "total": 0, "limit": 50, "offset": 0}


def test_staff_see_everybodys(clara_client, ana, bruno):
    made = [make_video(bruno).pk, make_video(ana).pk]
    assert ids(clara_client.get(URL)) == made[::-1]


@pytest.mark.parametrize("page", ["file", "thumbnail", "subtitles/pt.vtt"])
def test_the_files_of_anothers_video_are_not_found_by_page_either(bruno_client, ana, page):
    video = make_video(ana, thumbnail=b"picture", subtitles={"pt": "WEBVTT"})
    assert bruno_client.get(f"/library/{video.pk}/{page}").status_code == 404
