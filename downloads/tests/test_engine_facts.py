"""What sources say of a video is cleaned and cut before it is ours."""

from typing import Any

import pytest

from downloads.engines import clean, metadata, subtitles
from downloads.engines.base import EngineError, Metadata
from downloads.engines.failures import Stop
from downloads.engines.progress import Progress

VTT = {"ext": "vtt", "url": "https://a.example/x.vtt"}


def read(**info: Any) -> Metadata:
    return metadata.read(info, url="https://a.example/Aula%201.mp4?x=1", thumbnail=None)


def test_text_is_cut_to_our_lengths():
    facts = read(title="t" * 900, description="d" * 30_000, uploader="u" * 900, id="i" * 900)

    lengths = [len(facts[name]) for name in ("title", "description", "uploader", "source_id")]
    assert lengths == [500, 20_000, 200, 200]


def test_control_characters_go_and_everything_else_stays():
    title = "Aula\x00 \x1b[31m1\x85 \u202eabc 🎓 e\u0301 <img onerror=x>\ud83d\nfim"

    assert read(title=title)["title"] == "Aula [31m1 \u202eabc 🎓 e\u0301 <img onerror=x> fim"
    assert clean.paragraphs("a\r\nb\tc\x00\n", 100) == "a\nb\tc"


@pytest.mark.parametrize("title", [None, "", "\x00", 5, ["x"]])
def test_a_video_without_a_title_has_that_of_its_file(title: Any):
    assert read(title=title)["title"] == "Aula 1"


def test_a_file_without_a_name_has_that_of_its_host():
    facts = metadata.read({}, url="https://videos.example/", thumbnail=None)

    assert facts["title"] == "videos.example"


@pytest.mark.parametrize(
    ("info", "at"),
    [
        ({"timestamp": 1_750_000_000}, "2025-06-15T15:06:40+00:00"),
        ({"upload_date": "20260102"}, "2026-01-02T00:00:00+00:00"),
        ({"timestamp": 0, "upload_date": "20260102"}, "1970-01-01T00:00:00+00:00"),
        ({"timestamp": 1e30}, None),
        ({"upload_date": "yesterday"}, None),
        ({"upload_date": 20260102}, None),
        ({}, None),
    ],
)
def test_when_it_was_published(info: dict[str, Any], at: str | None):
    assert read(**info)["published_at"] == at


def test_chapters_are_bounded_and_those_without_a_start_are_left_out():
    raw: list[dict[str, Any]] = [
        {"title": f"{n}", "start_time": n, "end_time": n + 1} for n in range(300)
    ]

    assert len(read(chapters=raw)["chapters"]) == 200
    assert read(chapters=[{"title": "x"}, {"title": "a\x00b", "start_time": 0}])["chapters"] == [
        {"title": "ab", "start_seconds": 0, "end_seconds": None}
    ]


def test_numbers_that_are_none_are_none():
    facts = read(duration=float("inf"), width="640", height=-1)

    assert (facts["duration_seconds"], facts["width"], facts["height"]) == (None, None, None)
    assert read(duration=True)["duration_seconds"] is None


def test_the_expected_size_is_a_sum_or_unknown():
    parts = [{"filesize": 100}, {"filesize_approx": 20.5}]

    assert read(requested_formats=parts)["estimated_bytes"] == 120
    assert read(requested_formats=[*parts, {}])["estimated_bytes"] is None
    assert read(filesize=7)["estimated_bytes"] == 7


@pytest.mark.parametrize("huge", [2**63, 10**26, 10**400, 1e300, float("nan")])
def test_a_number_that_no_database_holds_is_none(huge: float):
    facts = read(duration=huge, width=huge, height=huge, filesize=huge)

    assert (facts["duration_seconds"], facts["estimated_bytes"]) == (None, None)
    assert (facts["width"], facts["height"]) == (None, None)


def test_a_sum_stays_in_bounds_too():
    parts = [{"filesize": clean.LARGEST}] * 2

    assert read(requested_formats=parts)["estimated_bytes"] == 2**63 - 1
    assert read(width=2**31)["width"] is None


def test_a_language_is_had_once():
    manual = {"pt": [VTT], "pt-orig": [{**VTT, "name": "Original"}], "en-orig": [VTT]}

    tracks = subtitles.choose(manual, {})

    assert [(track.language, track.label) for track in tracks] == [("pt", "pt"), ("en", "en")]


def test_languages_and_labels_fit_where_they_go():
    named = {**VTT, "name": "x" * 100}

    tracks = {"pt-abcdefgh-abcdefgh": [named], "pt-abcdefgh-abcdefgh-a1": [VTT]}
    (track,) = subtitles.choose(tracks, {})

    assert (track.language, track.label) == ("pt-abcdefgh-abcdefgh", "x" * 60)


def test_subtitles_written_by_people_come_before_a_machines():
    manual = {"pt-BR": [VTT], "pt-PT": [VTT], "fr": [VTT]}
    automatic = {"pt": [VTT], "en": [VTT], "en-orig": [{**VTT, "name": "English"}]}

    tracks = subtitles.choose(manual, automatic)

    assert [(track.language, track.automatic) for track in tracks] == [
        ("pt-BR", False),
        ("pt-PT", False),
        ("en", True),
    ]
    assert tracks[-1].label == "English"


def test_webvtt_is_preferred_and_what_cannot_become_it_is_left_out():
    srt = {"ext": "srt", "url": "https://a.example/x.srt"}

    assert subtitles.choose({"pt": [srt, VTT]}, {})[0].source is VTT
    assert subtitles.choose({"pt": [srt]}, {})[0].source is srt
    assert subtitles.choose({"pt": [{"ext": "json3", "url": "https://a.example"}]}, {}) == []


@pytest.mark.parametrize("name", ["pt-../../x", "en-\x00", "pt-" + "x" * 300, "pt-BR/x"])
def test_a_language_that_is_no_language_makes_no_file(name: str):
    assert subtitles.choose({name: [VTT]}, {}) == []


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("downloads.engines.progress.time.monotonic", clock)
    return clock


def test_progress_is_the_sum_over_all_parts(clock: Clock):
    told: list[dict[str, Any]] = []
    progress = Progress(told.append, expected=[1000, 500], max_bytes=10_000)

    for now, done in ((100.0, 100), (101.0, 600), (102.0, 1000)):
        clock.now = now
        progress({"status": "downloading", "downloaded_bytes": done, "total_bytes": 1000})
    progress.begin(1)
    clock.now = 103.0
    progress({"status": "downloading", "downloaded_bytes": 250, "total_bytes": 500})

    assert [event["downloaded_bytes"] for event in told] == [100, 600, 1000, 1250]
    assert {event["total_bytes"] for event in told} == {1500}
    assert told[-1]["speed"] == pytest.approx((1250 - 100) / 3)
    assert told[-1]["eta"] == pytest.approx(250 / told[-1]["speed"])


def test_the_total_is_unknown_until_every_part_tells(clock: Clock):
    told: list[dict[str, Any]] = []
    progress = Progress(told.append, expected=[None, 500], max_bytes=10_000)

    progress({"status": "downloading", "downloaded_bytes": 100})
    clock.now += 1
    progress({"status": "downloading", "downloaded_bytes": 200, "total_bytes_estimate": 900.7})

    assert [event["total_bytes"] for event in told] == [None, 1400]
    assert told[0]["eta"] is None


def test_a_part_that_is_there_already_counts(clock: Clock):
    told: list[dict[str, Any]] = []
    progress = Progress(told.append, expected=[None], max_bytes=10_000)

    progress({"status": "finished", "total_bytes": 700})

    assert (told[0]["downloaded_bytes"], told[0]["total_bytes"]) == (700, 700)


def test_more_than_four_updates_a_second_are_merged(clock: Clock):
    told: list[dict[str, Any]] = []
    progress = Progress(told.append, expected=[1000], max_bytes=10_000)

    for step in range(100):
        clock.now = 100 + step / 100
        progress({"status": "downloading", "downloaded_bytes": step, "total_bytes": 1000})

    assert len(told) == 4


def test_the_sum_of_all_parts_may_not_pass_the_limit(clock: Clock):
    progress = Progress(lambda event: None, expected=[None, None], max_bytes=1000)
    progress({"status": "finished", "downloaded_bytes": 600})
    progress.begin(1)

    with pytest.raises(Stop) as stopped:
        progress({"status": "downloading", "downloaded_bytes": 500})

    assert isinstance(stopped.value.cause, EngineError)
    assert (stopped.value.cause.code, stopped.value.cause.start_over) == ("limit.size", True)
