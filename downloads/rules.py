"""Which of the videos found at a source are fetched by themselves. Pure: a rule and a video."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.text import normalise

LATER_AT_MOST_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Entry:
    """A video as its source lists it; facts not known are empty."""

    url: str
    source: str
    source_key: str
    title: str = ""
    channel: str = ""
    channel_id: str = ""
    duration_seconds: float | None = None
    published_at: datetime | None = None
    available: bool = True

    @property
    def key(self) -> tuple[str, str]:
        return self.source, self.source_key


@dataclass(frozen=True, slots=True)
class Rule:
    """Empty values filter nothing. `title_filter`: all words; one that a - leads must not be."""

    title_filter: str = ""
    longest_seconds: int | None = None
    since: datetime | None = None


def fits(rule: Rule, entry: Entry, *, first_look: bool) -> bool:
    """Whether a video that was not known before is wanted.

    At the first look everything is unknown: then only what is known to be published since a
    certain day is wanted, or a new subscription would fetch the past of a whole channel.
    """
    if first_look and (rule.since is None or entry.published_at is None):
        return False
    return (
        _has_words(rule.title_filter, entry.title)
        and _is_short_enough(rule.longest_seconds, entry.duration_seconds)
        and not _is_older(entry.published_at, rule.since)
    )


def of_the_past(entries: Sequence[Entry], known: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Unknown videos behind the last known one, in a list of which only the newest are read.

    They are there because something newer was deleted, not because they are new.
    """
    last = max((place for place, one in enumerate(entries) if one.key in known), default=None)
    if last is None:
        return set()
    return {one.key for one in entries[last + 1 :]}


def pause_after(failures: int, interval_seconds: int) -> int:
    """Seconds until the next check after so many failures in a row: twice as long each time."""
    longest = max(interval_seconds, LATER_AT_MOST_SECONDS)
    doubled = interval_seconds << min(failures, 20)
    return min(longest, doubled)


def _has_words(title_filter: str, title: str) -> bool:
    told, words = normalise(title), normalise(title_filter).split()
    unwanted = {word for word in words if word.startswith("-") and len(word) > 1}
    return all(word in told for word in words if word not in unwanted) and not any(
        word[1:] in told for word in unwanted
    )


def _is_short_enough(longest_seconds: int | None, seconds: float | None) -> bool:
    """A length that is not told is found out when it is fetched."""
    return longest_seconds is None or seconds is None or seconds <= longest_seconds


def _is_older(published_at: datetime | None, since: datetime | None) -> bool:
    return since is not None and published_at is not None and published_at < since
