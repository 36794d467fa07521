"""Staff looking at the library in the back office, and taking videos out of it."""

import pytest
from django.test import Client

from core import storage
from library.models import StoredFile, Subtitle, Video
from library.tests.build import make_video

VIDEOS = "/admin/library/video/"


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_staff_see_everybodys_videos(clara_client, ana, bruno):
    make_video(ana, title="Frações", duration_seconds=751, width=1280, height=720)
    make_video(bruno, title="Verbos")

    listed = page(clara_client, VIDEOS)

    assert "Frações" in listed
    assert "Verbos" in listed
    assert "12:31" in listed
    assert "1280 × 720" in listed
    assert "1.0\u00a0kB" in listed


@pytest.mark.parametrize(("words", "found"), [("fracoes", 1), ("ANA", 1), ("verbos", 0)])
def test_a_video_is_found_by_its_words_without_accents_or_by_its_owner(
    clara_client, ana, words, found
):
    make_video(ana, title="Frações")

    answer = clara_client.get(VIDEOS, {"q": words})

    assert answer.context["cl"].result_count == found


def test_a_title_is_text_and_nothing_else(clara_client, ana):
    video = make_video(ana, title="<img src=x onerror=alert(1)>")

    for address in (VIDEOS, f"{VIDEOS}{video.pk}/change/", f"{VIDEOS}{video.pk}/delete/"):
        assert "<img src=x" not in page(clara_client, address)
        assert "&lt;img src=x" in page(clara_client, address)


@pytest.mark.django_db(transaction=True)
def test_deleting_a_video_takes_its_bytes_along(clara_client, ana):
    video = make_video(ana, title="Verbos", thumbnail=b"jpg", subtitles={"pt": "WEBVTT"})
    keys = [video.file.key, video.thumbnail_key, video.subtitles.get().key]

    asked = page(clara_client, f"{VIDEOS}{video.pk}/delete/")
    assert "Verbos (1.0\u00a0kB)" in asked
    assert all(storage.path_of(key).exists() for key in keys)
    answer = clara_client.post(f"{VIDEOS}{video.pk}/delete/", {"post": "yes"})

    assert answer.status_code == 302
    assert not Video.objects.exists()
    assert not StoredFile.objects.exists()
    assert not any(storage.path_of(key).exists() for key in keys)


@pytest.mark.django_db(transaction=True)
def test_deleting_several_leaves_bytes_somebody_else_has(clara_client, ana, bruno):
    hers = [make_video(ana, content=b"same"), make_video(ana, content=b"other")]
    his = make_video(bruno, content=b"same")
    shared, other = hers[0].file.key, hers[1].file.key

    clara_client.post(
        VIDEOS,
        {
            "action": "delete_selected",
            "_selected_action": [video.pk for video in hers],
            "post": "yes",
        },
    )

    assert list(Video.objects.all()) == [his]
    assert storage.path_of(shared).read_bytes() == b"same"
    assert not storage.path_of(other).exists()


def test_a_teacher_deletes_nothing_here(ana_client, ana):
    video = make_video(ana)

    assert ana_client.post(f"{VIDEOS}{video.pk}/delete/", {"post": "yes"}).status_code == 302
    assert Video.objects.filter(pk=video.pk).exists()


def test_nothing_of_the_library_is_written_by_hand(clara_client, ana):
    video = make_video(ana, title="Verbos", subtitles={"pt": "WEBVTT"})
    subtitle = Subtitle.objects.get()
    rows = [
        (VIDEOS, video.pk),
        ("/admin/library/storedfile/", video.file_id),
        ("/admin/library/subtitle/", subtitle.pk),
    ]

    for address, pk in rows:
        assert clara_client.get(f"{address}add/").status_code == 403
        assert clara_client.get(f"{address}{pk}/change/").status_code == 200
        changed = clara_client.post(f"{address}{pk}/change/", {"title": "x", "key": "x"})
        assert changed.status_code == 403
    for address, pk in rows[1:]:
        assert clara_client.post(f"{address}{pk}/delete/", {"post": "yes"}).status_code == 403
    video.refresh_from_db()
    assert video.title == "Verbos"


@pytest.mark.parametrize("name", ["video", "storedfile", "subtitle"])
def test_a_list_takes_as_many_queries_for_twenty_rows_as_for_one(
    clara_client, ana, bruno, name, django_assert_max_num_queries
):
    make_video(ana, subtitles={"pt": "WEBVTT"})
    with django_assert_max_num_queries(10) as few:
        clara_client.get(f"/admin/library/{name}/")
    for _ in range(20):
        make_video(bruno, subtitles={"pt": "WEBVTT"})

    with django_assert_max_num_queries(len(few)):
        clara_client.get(f"/admin/library/{name}/")
