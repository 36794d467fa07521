"""Which found videos are wanted, and how long a failing check waits: rules as tables."""

from datetime import UTC, datetime

import pytest

from downloads.rules import Entry, Rule, fits, of_the_past, pause_after

MAY = datetime(2026, 5, 1, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, tzinfo=UTC)
HOUR, DAY = 3600, 86_400


def video(title="Frações 1", **facts):
    return Entry(url="https://x.example/1", source="web", source_key=title, title=title, **facts)


@pytest.mark.parametrize(
    ("rule", "entry", "wanted"),
    [
        (Rule(), video(), True),
        (Rule("fracoes"), video(), True),
        (Rule("FRAÇÕES 1"), video(), True),
        (Rule("frações 2"), video(), False),
        (Rule("-frações"), video(), False),
        (Rule("frações -trailer"), video(), True),
        (Rule("-"), video("a - b"), True),
        (Rule("-"), video("a b"), False),
        (Rule(longest_seconds=600), video(duration_seconds=600), True),
        (Rule(longest_seconds=600), video(duration_seconds=601), False),
        (Rule(longest_seconds=600), video(), True),
        (Rule(since=JUNE), video(published_at=JUNE), True),
        (Rule(since=JUNE), video(published_at=MAY), False),
        (Rule(since=JUNE), video(), True),
    ],
)
def test_what_is_new_is_wanted_where_it_fits_the_rule(rule, entry, wanted):
    assert fits(rule, entry, first_look=False) is wanted


@pytest.mark.parametrize(
    ("rule", "entry", "wanted"),
    [
        (Rule(), video(published_at=JUNE), False),
        (Rule(since=MAY), video(), False),
        (Rule(since=MAY), video(published_at=JUNE), True),
        (Rule(since=JUNE), video(published_at=MAY), False),
        (Rule("trailer", since=MAY), video(published_at=JUNE), False),
    ],
)
def test_the_first_look_wants_only_what_is_known_to_be_new_enough(rule, entry, wanted):
    assert fits(rule, entry, first_look=True) is wanted


def test_what_slides_in_at_the_end_of_a_cut_list_is_of_the_past():
    new, known, old = video("new"), video("known"), video("old")

    assert of_the_past([new, known, old], {known.key}) == {old.key}
    assert of_the_past([new, old], set()) == set()
    assert of_the_past([known, new, known], {known.key}) == set()


@pytest.mark.parametrize(
    ("failures", "interval", "seconds"),
    [
        (1, HOUR, 2 * HOUR),
        (3, HOUR, 8 * HOUR),
        (5, HOUR, DAY),
        (1000, HOUR, DAY),
        (1, 6 * HOUR, 12 * HOUR),
        (1, 7 * DAY, 7 * DAY),
    ],
)
def test_each_failure_doubles_the_pause_up_to_a_day(failures, interval, seconds):
    assert pause_after(failures, interval) == seconds
