"""One video: its page, its files, its end."""

import pytest
from django.urls import reverse

from conftest import received
from core import storage
from library.models import StoredFile, Video
from library.tests.build import make_video

pytestmark = pytest.mark.django_db

VTT = "WEBVTT\n\n00:00.000 --> 00:02.000\nOlá\n"


def address(video, name="video"):
    return reverse(f"library:{name}", args=[video.pk])


@pytest.fixture
def lesson(ana):
    return make_video(
        ana,
        content=b"0123456789",
        thumbnail=b"\xff\xd8 picture",
        subtitles={"pt": VTT},
        title="Fractions",
        uploader="Prof. Helena",
        description="See https://example.org/more\n<script>alert(1)</script>",
        source="youtube",
        source_url="https://www.youtube.com/watch?v=uMfZ9B8iU4E",
        duration_seconds=751,
        width=1280,
        height=720,
        video_codec="h264",
        audio_codec="aac",
        chapters=[
            {"title": "Opening", "start_seconds": 0, "end_seconds": 6.5},
            {"title": "<b>Halves</b>", "start_seconds": 6.5, "end_seconds": 751},
        ],
    )


def test_a_teacher_can_play_it_with_subtitles_and_poster(ana_client, lesson):
    page = ana_client.get(address(lesson)).content.decode()

    assert f'src="/library/{lesson.pk}/file"' in page
    assert f'poster="/library/{lesson.pk}/thumbnail"' in page
    assert 'srclang="pt"' in page
    assert f'src="/library/{lesson.pk}/subtitles/pt.vtt"' in page
    assert f'href="/library/{lesson.pk}/file?download"' in page


def test_the_chapters_lead_into_the_player(ana_client, lesson):
    page = ana_client.get(address(lesson)).content.decode()

    assert 'href="#t=6.5" data-seek="6.5"' in " ".join(page.split())
    assert ">0:06</time>" in page
    assert "&lt;b&gt;Halves&lt;/b&gt;" in page


def test_the_page_tells_what_the_file_is_and_where_it_is_from(ana_client, lesson):
    page = " ".join(ana_client.get(address(lesson)).content.decode().split())

    assert "MP4, 1280 × 720" in page
    assert "h264, aac" in page
    assert lesson.file.sha256 in page
    assert (
        '<a href="https://www.youtube.com/watch?v=uMfZ9B8iU4E" rel="noreferrer noopener" '
        'target="_blank">YouTube</a>'
    ) in page


def test_the_description_is_text_with_links(ana_client, lesson):
    page = ana_client.get(address(lesson)).content.decode()

    assert '<a href="https://example.org/more" rel="nofollow">' in page
    assert "<script>alert(1)" not in page


def test_what_browsers_do_not_play_is_offered_as_a_file(ana, ana_client):
    video = make_video(ana, container="mkv")

    page = ana_client.get(address(video)).content.decode()

    assert "Browsers do not play MKV files" in page
    assert "<video" not in page
    assert f'href="/library/{video.pk}/file?download"' in page


def test_the_player_gets_the_part_it_asks_for(ana_client, lesson):
    answer = ana_client.get(address(lesson, "file"), headers={"Range": "bytes=2-5"})

    assert (answer.status_code, received(answer)) == (206, b"2345")
    assert answer["Content-Disposition"].startswith("inline")


def test_a_teacher_saves_the_file_under_its_title(ana_client, lesson):
    answer = ana_client.get(address(lesson, "file") + "?download")

    assert received(answer) == b"0123456789"
    assert answer["Content-Disposition"].startswith('attachment; filename="Fractions.mp4"')


def test_picture_and_subtitles_are_sent_as_what_they_are(ana_client, lesson):
    picture = ana_client.get(address(lesson, "thumbnail"))
    subtitles = ana_client.get(reverse("library:subtitles", args=[lesson.pk, "pt"]))

    assert (picture.content, picture["Content-Type"]) == (b"\xff\xd8 picture", "image/jpeg")
    assert (subtitles.content.decode(), subtitles["Content-Type"]) == (
        VTT,
        "text/vtt; charset=utf-8",
    )


def test_what_a_video_does_not_have_is_not_found(ana, ana_client):
    video = make_video(ana)

    assert ana_client.get(address(video, "thumbnail")).status_code == 404
    assert ana_client.get(reverse("library:subtitles", args=[video.pk, "pt"])).status_code == 404


def test_deleting_is_asked_once_and_names_what_goes(ana_client, lesson):
    page = ana_client.get(address(lesson, "delete")).content.decode()
    dialog = ana_client.get(
        address(lesson, "delete"), headers={"HX-Request": "true"}
    ).content.decode()

    for text in (page, dialog):
        assert "Delete “Fractions”?" in text
        assert "leave your library, 10\u00a0B." in text
        assert f'action="/library/{lesson.pk}/delete"' in text
    assert ("<html" in page, "<html" in dialog) == (True, False)
    assert Video.objects.count() == 1


def test_a_teacher_deletes_a_video_and_its_bytes(
    ana_client, lesson, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        answer = ana_client.post(address(lesson, "delete"), follow=True)

    assert answer.redirect_chain == [("/library", 302)]
    assert [str(message) for message in answer.context["messages"]] == ["“Fractions” was deleted."]
    assert (Video.objects.count(), StoredFile.objects.count()) == (0, 0)
    assert not storage.path_of(lesson.file.key).exists()


@pytest.mark.parametrize("name", ["video", "file", "thumbnail", "delete"])
def test_another_teacher_is_told_there_is_nothing(bruno_client, lesson, name):
    answer = bruno_client.get(address(lesson, name))

    assert answer.status_code == 404
    assert "Fractions" not in answer.content.decode()


def test_another_teacher_cannot_read_the_subtitles_or_delete_it(bruno_client, lesson):
    subtitles = reverse("library:subtitles", args=[lesson.pk, "pt"])

    assert bruno_client.get(subtitles).status_code == 404
    assert bruno_client.post(address(lesson, "delete")).status_code == 404
    assert Video.objects.count() == 1


def test_a_page_costs_the_same_few_queries(ana_client, lesson, django_assert_num_queries):
    with django_assert_num_queries(4):
        ana_client.get(address(lesson))
