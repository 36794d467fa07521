"""What strangers put into a list comes out clean, bounded, and as addresses of the web."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from downloads.engines import listing


def entries(*raw: dict[str, Any], page: str = "https://site.example/list") -> list[listing.Entry]:
    return list(listing._bounded(listing._entries(raw, page)))


def flat(url: str, **facts: Any) -> dict[str, Any]:
    return {"_type": "url", "url": url, "title": "Lesson", **facts}


def test_what_is_no_address_of_the_web_is_left_out():
    found = entries(
        flat("javascript:alert(1)"),
        flat("file:///etc/passwd"),
        flat("https://name:password@site.example/a"),
        flat("https://site.example/" + "a" * 3000),
        flat(""),
        flat("https://site.example/one"),
    )

    assert [one["url"] for one in found] == ["https://site.example/one"]


def test_the_same_video_is_told_once_however_its_address_is_written():
    watch = "https://www.youtube.com/watch?v=okvideo0001"
    found = entries(flat(watch), flat("https://youtu.be/okvideo0001?si=x"), flat(f"{watch}&t=3"))

    assert [(one["source"], one["source_key"]) for one in found] == [("youtube", "okvideo0001")]


def test_an_address_within_the_site_is_completed():
    assert entries(flat("/videos/7"))[0]["url"] == "https://site.example/videos/7"


def test_words_are_cleaned_and_cut():
    title = "A\x00\x1b[31m\n" + "b" * 3000
    odd = flat("https://site.example/a", title=title, channel=["no text"], duration=float("inf"))
    (found,) = entries(odd)

    assert "\x00" not in found["title"]
    assert "\n" not in found["title"]
    assert len(found["title"]) == 500
    assert (found["channel"], found["duration_seconds"]) == ("", None)


@pytest.mark.parametrize(
    "facts",
    [
        {"title": "[Private video]"},
        {"title": "[Deleted video]"},
        {"availability": "subscriber_only"},
        {"live_status": "is_upcoming"},
    ],
)
def test_what_cannot_be_fetched_is_told_as_such(facts: dict[str, Any]):
    assert not entries(flat("https://site.example/a", **facts))[0]["available"]


def test_a_list_without_end_is_cut(monkeypatch):
    monkeypatch.setattr(listing, "_MOST_BYTES", 10_000)
    found = entries(*(flat(f"https://site.example/{number}") for number in range(1000)))

    assert 10 < len(found) < 100


def test_a_film_within_a_page_is_told_by_its_own_address():
    film = {"formats": [{"url": "https://cdn.example/b.mp4"}], "extractor_key": "HTML5MediaEmbed"}
    page = "https://site.example/list"

    assert entries({**film, "webpage_url": page})[0]["url"] == "https://cdn.example/b.mp4"


def test_a_number_of_videos_that_no_column_holds_is_cut():
    context = SimpleNamespace(job={"url": "https://site.example/list"}, emit=lambda event: None)
    told: dict[str, Any] = {"entries": [], "playlist_count": 10**15}

    assert listing._several(cast("Any", context), told, 5)["total"] == 2**31 - 1
