"""The library: what is in it, found by words, page by page."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from library.tests.build import make_video

pytestmark = pytest.mark.django_db

LIST = reverse("library:list")


def test_a_teacher_sees_the_newest_first(ana, ana_client):
    make_video(ana, title="Older", duration_seconds=751, uploader="Prof. Helena")
    make_video(ana, title="Newer", created_at=timezone.now() - timedelta(minutes=3))

    page = ana_client.get(LIST).content.decode()

    assert page.index("Newer") < page.index("Older")
    assert ">12:31<" in page
    assert "Prof. Helena" in page
    assert "1.0\u00a0kB" in page
    assert ">3 min ago</time>" in page


@pytest.mark.parametrize(
    ("words", "found"),
    [("fracoes", ["Frações"]), ("FRAÇÕES aula", ["Frações"]), ("helena", ["Frações", "Crase"])],
)
def test_a_teacher_finds_a_video_by_its_words(ana, ana_client, words, found):
    make_video(ana, title="Frações: aula 1", uploader="Helena")
    make_video(ana, title="Crase", uploader="Helena")
    make_video(ana, title="Water cycle")

    page = ana_client.get(LIST, {"search": words}).content.decode()

    titles = [title for title in ("Frações", "Crase", "Water") if f">{title}" in page]
    assert titles == found
    assert f'value="{words}"' in page


def test_nothing_found_offers_the_way_back(ana, ana_client):
    make_video(ana)

    page = ana_client.get(LIST, {"search": "<zebra>"}).content.decode()

    assert "“&lt;zebra&gt;”" in page
    assert f'href="{LIST}"' in page


def test_an_empty_library_says_how_to_fill_it(ana_client):
    page = ana_client.get(LIST).content.decode()

    assert "Your library is empty." in page
    assert 'href="/#queue-form"' in page


def test_the_pages_hold_24_each_and_keep_the_search(ana, ana_client):
    for _ in range(26):
        make_video(ana, title="Same")

    first = ana_client.get(LIST, {"search": "same"}).content.decode()
    second = ana_client.get(LIST, {"search": "same", "page": 2}).content.decode()

    assert (first.count("<article"), second.count("<article")) == (24, 2)
    assert 'href="?search=same&amp;page=2"' in first
    assert "25–26 of 26" in " ".join(second.split())


def test_another_teacher_sees_none_of_it(ana, bruno_client):
    make_video(ana, title="Ana's lesson")

    assert "Ana&#x27;s lesson" not in bruno_client.get(LIST).content.decode()


def test_staff_see_whose_it_is(ana, clara_client):
    make_video(ana)

    assert "<span>Ana Lima</span>" in clara_client.get(LIST).content.decode()


def test_a_title_is_text_whatever_it_says(ana, ana_client):
    make_video(ana, title="</title><img src=x onerror=alert(1)>")

    page = ana_client.get(LIST).content.decode()

    assert "<img src=x" not in page
    assert "&lt;/title&gt;&lt;img src=x onerror=alert(1)&gt;" in page


@pytest.mark.parametrize("rows", [1, 24])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    ana, ana_client, rows, django_assert_num_queries
):
    for _ in range(rows):
        make_video(ana, thumbnail=b"\xff\xd8")

    with django_assert_num_queries(5):
        ana_client.get(LIST)
