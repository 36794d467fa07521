"""Only allowed kinds of files are fetched, and what can be seen before is not fetched at all."""

from downloads.tests.driving import Account
from downloads.tests.fetching import VIDEOS, YOUTUBE, Fetcher


def test_a_kind_that_is_not_allowed_is_refused_before_its_bytes(fetcher: Fetcher):
    url = f"{VIDEOS}/unique/lesson/4000000.mp4"
    failed = fetcher.failed(url, "direct", extensions=["webm", "mkv"])

    assert failed["code"] == "source.unsupported"
    assert failed["detail"] == "mp4 is not among the allowed kinds: webm, mkv"
    assert not failed["retryable"]
    assert fetcher.partial_bytes() == 0


def test_what_is_put_together_from_parts_is_looked_at_in_the_end(fetcher: Fetcher):
    failed = fetcher.failed(YOUTUBE + "okvideo0001", "youtube", extensions=["webm"])

    assert failed["detail"] == "mp4 is not among the allowed kinds: webm"


def test_an_allowed_kind_comes(fetcher: Fetcher):
    assert fetcher.done(f"{VIDEOS}/muxed.mp4", "direct", extensions=["mp4"])["container"] == "mp4"


def test_sound_that_is_made_of_a_forbidden_film_may_be_allowed(fetcher: Fetcher):
    url = f"{VIDEOS}/muxed.mp4"
    done = fetcher.done(url, "direct", audio_only=True, format="m4a", extensions=["m4a"])

    assert done["container"] == "m4a"


def test_of_drive_not_one_byte_is_asked_for(account: Account):
    file = account.file("Aula.mov")
    failed = account.failed(file, extensions=["mp4"])

    assert failed["code"] == "source.unsupported"
    assert account.sent(file) == 0
