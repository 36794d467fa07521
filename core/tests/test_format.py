"""Figures as people read them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import translation

from core.templatetags import format as formats

NOW = datetime(2026, 3, 14, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (None, ""),
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (9949, "9.9 kB"),
        (9950, "10 kB"),
        (412_000_000, "412 MB"),
        (999_499_999, "999 MB"),
        (999_500_000, "1.0 GB"),
        (1_230_000_000_000, "1.2 TB"),
        (5_000_000_000_000_000, "5000 TB"),
    ],
)
def test_sizes(size, text):
    assert formats.filesize(size) == text.replace(" ", "\u00a0")


def test_a_portuguese_reader_gets_a_comma():
    with translation.override("pt-br"):
        assert formats.filesize(8_200_000) == "8,2\u00a0MB"
        assert formats.speed(8_200_000) == "8,2\u00a0MB/s"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, ""),
        (0, "0:00"),
        (6.5, "0:06"),
        (59.6, "1:00"),
        (751, "12:31"),
        (3723, "1:02:03"),
        (360_000, "100:00:00"),
    ],
)
def test_lengths(seconds, text):
    assert formats.clock(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, ""),
        (-3, "0 s"),
        (31.4, "31 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (241, "4 min"),
        (3600, "1 h"),
        (4320, "1 h 12 min"),
        (90_000, "25 h"),
    ],
)
def test_spans(seconds, text):
    assert formats.span(seconds).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("share", "text"), [(None, ""), (0, "0%"), (61.7, "61%"), (99.99, "99%"), (100, "100%")]
)
def test_shares_are_never_rounded_up(share, text):
    assert formats.percent(share) == text


@pytest.mark.parametrize(("speed", "text"), [(None, ""), (0, ""), (950, "950\u00a0B/s")])
def test_speeds(speed, text):
    assert formats.speed(speed) == text


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=23), "23 h ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=6), "6 days ago"),
        (timedelta(days=7), "03/07/2026"),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_how_long_ago(passed, text):
    with translation.override("en"):
        assert f">{text}</time>" in formats.ago(NOW - passed)


@time_machine.travel(NOW, tick=False)
def test_the_exact_time_is_there_for_machines_and_the_curious():
    with translation.override("en"):
        assert formats.ago(NOW - timedelta(hours=2)) == (
            '<time datetime="2026-03-14T10:00:00-03:00" title="March 14, 2026, 10 a.m.">'
            "2 h ago</time>"
        )
    assert formats.ago(None) == ""


@pytest.mark.parametrize(
    ("number", "text"),
    [(None, ""), (6.5, "6.5"), (0, "0"), (1280, "1280"), (1234567.5, "1234567.5")],
)
def test_numbers_for_machines_have_a_point_everywhere(number, text):
    with translation.override("pt-br"):
        assert formats.unlocalised(number) == text


def test_lengths_for_machines():
    assert formats.iso_length(751.2) == "PT751S"
    assert formats.iso_length(None) == ""
