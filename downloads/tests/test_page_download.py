"""The page of one download."""

import pytest
from django.urls import reverse

from core import storage
from core.models import Status
from downloads.models import Transition
from downloads.tests.build import make_download
from library.tests.build import make_video

pytestmark = pytest.mark.django_db

PAGES = ["detail", "fragment-detail", "purge", "thumbnail"]


def address(download, name="detail"):
    return reverse(f"downloads:{name}", args=[download.pk])


def test_it_listens_to_its_own_changes(ana, ana_client):
    download = make_download(ana, status=Status.RUNNING, total_bytes=100, progress_percent=7)

    page = ana_client.get(address(download)).content.decode()

    assert f'data-live="/ws/downloads/{download.pk}"' in page
    assert f'data-download="{download.pk}"' in page
    assert f'hx-get="/downloads/{download.pk}/fragment"' in page
    assert f'action="/downloads/{download.pk}/cancel"' in page
    assert f'action="/downloads/{download.pk}/retry"' not in page


def test_a_failure_says_what_to_do_and_how_to_name_it(ana, ana_client):
    download = make_download(
        ana,
        status=Status.FAILED,
        error_code="source.private",
        error_detail="ERROR: <b>Private video</b>",
    )

    page = ana_client.get(address(download)).content.decode()

    assert "This video is private." in page
    assert "Ask its owner to share it with you, then try again." in page
    assert f"source.private d{download.pk}" in page
    assert "ERROR: &lt;b&gt;Private video&lt;/b&gt;" in page
    assert f'action="/downloads/{download.pk}/retry"' in page
    assert f'action="/downloads/{download.pk}/cancel"' not in page


def test_a_finished_one_leads_to_the_video_and_can_be_deleted(ana, ana_client):
    download = make_download(ana, status=Status.COMPLETED)

    page = ana_client.get(address(download)).content.decode()

    assert f'href="/library/{download.video_id}"' in page
    assert f'href="/downloads/{download.pk}/purge"' in page
    assert "data-download=" not in page


def test_one_whose_video_was_deleted_can_be_fetched_again(ana, ana_client):
    download = make_download(ana, status=Status.COMPLETED, video=None, has_thumbnail=True)

    page = ana_client.get(address(download)).content.decode()

    assert "Its video was deleted." in page
    assert f'<input type="hidden" name="url" value="{download.url}">' in page
    assert "/thumbnail" not in page


def test_its_history_is_told_in_words(ana, ana_client):
    download = make_download(ana, status=Status.FAILED)
    for target, reason in [
        ("queued", ""),
        ("running", ""),
        ("queued", "worker_died"),
        ("queued", "network.timeout"),
        ("failed", "source.private"),
    ]:
        Transition.objects.create(download=download, target=target, reason=reason, actor="worker")

    page = ana_client.get(address(download)).content.decode()

    assert page.index("The worker was lost") < page.index("The site took too long to answer.")
    assert "network.timeout" not in page
    assert page[page.index("timeline") :].count("<li") == 5


def test_the_picture_comes_from_the_library_when_it_is_there(ana, ana_client):
    video = make_video(ana, thumbnail=b"\xff\xd8 a picture")
    download = make_download(ana, status=Status.COMPLETED, video=video, has_thumbnail=True)

    answer = ana_client.get(address(download, "thumbnail"))

    assert (answer.content, answer["Content-Type"]) == (b"\xff\xd8 a picture", "image/jpeg")


def test_the_picture_comes_from_the_working_folder_while_it_runs(ana, ana_client):
    download = make_download(ana, status=Status.RUNNING, has_thumbnail=True)
    folder = storage.partial_folder(download.folder)
    folder.mkdir(parents=True)
    (folder / "thumbnail.jpg").write_bytes(b"\xff\xd8 a draft")

    answer = ana_client.get(address(download, "thumbnail"))

    assert (answer.content, answer["Content-Type"]) == (b"\xff\xd8 a draft", "image/jpeg")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_where_there_is_no_picture_there_is_none(ana, ana_client):
    assert ana_client.get(address(make_download(ana), "thumbnail")).status_code == 404


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.FAILED])
def test_one_that_ended_without_a_video_asks_for_no_picture(ana, ana_client, status):
    """It went with the working folder."""
    download = make_download(ana, status=status, has_thumbnail=True)

    for page in (address(download), "/downloads", "/"):
        assert "/thumbnail" not in ana_client.get(page).content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_another_teacher_is_told_there_is_nothing(ana, bruno_client, name):
    download = make_download(ana, status=Status.COMPLETED, title="Ana's lesson")

    answer = bruno_client.get(address(download, name))
    missing = bruno_client.get(reverse(f"downloads:{name}", args=[download.pk + 1000]))

    assert (answer.status_code, missing.status_code) == (404, 404)
    assert "Ana&#x27;s lesson" not in answer.content.decode()
    assert "There is nothing here" in answer.content.decode()


@pytest.mark.parametrize("name", PAGES[:3])
def test_staff_see_it_too(ana, clara_client, name):
    download = make_download(ana, status=Status.COMPLETED)

    assert clara_client.get(address(download, name)).status_code == 200


def test_a_page_costs_the_same_few_queries_whatever_happened(
    ana, ana_client, django_assert_num_queries
):
    download = make_download(ana)
    for _ in range(30):
        Transition.objects.create(download=download, target="queued", actor="sweeper")

    with django_assert_num_queries(12):
        ana_client.get(address(download))
