"""The list of downloads: filters in the address, pages, and rows that only their owner sees."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from core.models import Status
from downloads.models import Download
from downloads.tests.build import make_download

pytestmark = pytest.mark.django_db

LIST = reverse("downloads:list")
FRAGMENT = reverse("downloads:fragment-list")


def titles(page):
    return [title for title in ("Alpha", "Beta", "Gamma") if title in page.content.decode()]


@pytest.fixture
def three(ana):
    """One in three different states, from three days and two kinds of source."""
    moments = {"Alpha": 1, "Beta": 5, "Gamma": 9}
    states = {"Alpha": Status.QUEUED, "Beta": Status.FAILED, "Gamma": Status.COMPLETED}
    return [
        make_download(
            ana,
            title=title,
            status=states[title],
            source="youtube" if title == "Beta" else "direct",
            created_at=datetime(2026, 3, day, 12, tzinfo=UTC),
        )
        for title, day in moments.items()
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Alpha", "Beta", "Gamma"]),
        ("?status=failed", ["Beta"]),
        ("?status=running", []),
        ("?source=youtube", ["Beta"]),
        ("?search=gam", ["Gamma"]),
        ("?search=GÃMMA", ["Gamma"]),
        ("?since=2026-03-05", ["Beta", "Gamma"]),
        ("?until=2026-03-05", ["Alpha", "Beta"]),
        ("?since=2026-03-02&until=2026-03-08&status=failed", ["Beta"]),
        ("?since=9999-12-31&until=0001-01-01", ["Alpha", "Beta", "Gamma"]),
        ("?since=0001-01-01&until=9999-12-31", ["Alpha", "Beta", "Gamma"]),
        ("?since=1970-01-01&until=2200-01-01", ["Alpha", "Beta", "Gamma"]),
        ("?status=nonsense&since=yesterday", ["Alpha", "Beta", "Gamma"]),
    ],
)
def test_the_address_says_which_rows_are_shown(ana_client, three, query, found):
    for address in (LIST, FRAGMENT):
        assert titles(ana_client.get(address + query)) == found


@pytest.mark.parametrize(
    ("query", "total", "queued", "failed"),
    [
        ("", 3, 1, 1),
        ("?status=failed", 3, 1, 1),
        ("?search=alpha", 1, 1, 0),
        ("?source=youtube&status=queued", 1, 0, 1),
        ("?until=2026-03-05", 2, 1, 1),
    ],
)
def test_the_tabs_count_within_the_rest_of_the_filter(
    ana_client, three, query, total, queued, failed
):
    for address in (LIST, FRAGMENT):
        page = " ".join(ana_client.get(address + query).content.decode().split())

        assert f'All <span class="count">{total}</span>' in page
        assert f'Queued <span class="count">{queued}</span>' in page
        assert f'Failed <span class="count">{failed}</span>' in page
        assert 'Running <span class="count">0</span>' in page


def test_a_filter_that_finds_nothing_says_so(ana_client, three):
    page = ana_client.get(f"{LIST}?search=delta").content.decode()

    assert "No download matches this filter." in page
    assert "You have not downloaded anything yet" not in page


def test_a_tab_keeps_the_rest_of_the_filter(ana_client, three):
    page = ana_client.get(f"{LIST}?search=a&page=2&status=queued").content.decode()

    assert 'href="/downloads?search=a&amp;status=failed"' in page
    assert 'href="/downloads?search=a"' in page


def test_the_filter_keeps_what_was_typed(ana_client, three):
    page = ana_client.get(f"{LIST}?search=%22a%3Cb&source=youtube&since=2026-03-05")
    text = page.content.decode()

    assert 'value="&quot;a&lt;b"' in text
    assert '<option value="youtube" selected>' in text
    assert 'value="2026-03-05"' in text


def test_the_pages_hold_25_each(ana, ana_client):
    for number in range(27):
        make_download(ana, title=f"Lesson-{number:02}")

    first = ana_client.get(LIST).content.decode()
    second = ana_client.get(f"{LIST}?page=2").content.decode()

    assert (first.count("<article"), second.count("<article")) == (25, 2)
    assert "Lesson-26" in first
    assert "Lesson-00" in second
    assert "26–27 of 27" in " ".join(second.split())
    assert 'href="/downloads?page=2"' in first
    assert ana_client.get(f"{LIST}?page=99").content.decode().count("<article") == 2


def test_the_rows_refresh_from_the_same_filter(ana_client, three):
    page = ana_client.get(f"{LIST}?status=failed&search=b").content.decode()

    assert 'hx-get="/downloads/fragments/list?status=failed&amp;search=b"' in page


def test_only_a_change_of_the_filter_changes_the_address_of_the_page(ana_client, three):
    refreshed = ana_client.get(f"{FRAGMENT}?status=failed", headers={"HX-Trigger": "list"})
    filtered = ana_client.get(f"{FRAGMENT}?search=a%20b", headers={"HX-Trigger": "filters"})

    assert "HX-Push-Url" not in refreshed
    assert filtered["HX-Push-Url"] == "/downloads?search=a+b"


def test_nothing_found_offers_the_way_back(ana_client, three):
    page = ana_client.get(f"{LIST}?search=zebra").content.decode()

    assert "No download matches this filter." in page
    assert "You have not downloaded anything yet" not in page


def test_nothing_at_all_says_how_to_begin(ana_client):
    page = ana_client.get(LIST).content.decode()

    assert "You have not downloaded anything yet." in page
    assert 'href="/#queue-form"' in page


def test_another_teacher_sees_none_of_the_rows(bruno_client, three):
    for address in (LIST, FRAGMENT):
        assert titles(bruno_client.get(address)) == []


def test_staff_see_whose_they_are(clara_client, three):
    page = clara_client.get(LIST).content.decode()

    assert page.count("Ana Lima") == 3


def test_a_title_is_text_whatever_it_says(ana, ana_client):
    make_download(ana, title='<img src=x onerror="alert(1)">')

    for address in (LIST, FRAGMENT, reverse("home")):
        page = ana_client.get(address).content.decode()
        assert "<img src=x" not in page
        assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;" in page


@pytest.mark.parametrize("rows", [1, 20])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    ana, ana_client, rows, django_assert_num_queries
):
    for _ in range(rows):
        for status in Status:
            make_download(ana, status=status)
    assert Download.objects.count() == rows * 5

    with django_assert_num_queries(13):
        ana_client.get(LIST)
