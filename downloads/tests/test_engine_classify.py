"""What yt-dlp raises, in its several shapes, comes to one of our codes."""

# ruff: noqa: TID251  these are the errors that the engine has to tell apart

import datetime
import errno
import io
import json

import pytest
from yt_dlp.networking import Response
from yt_dlp.networking.exceptions import (
    CertificateVerifyError,
    HTTPError,
    NoSupportingHandlers,
    TransportError,
)
from yt_dlp.utils import DownloadError, ExtractorError, GeoRestrictedError, UnsupportedError

from core.children.addresses import BlockedAddress
from downloads.engines import failures
from downloads.engines.base import EngineError
from downloads.engines.codes import Code
from downloads.engines.failures import Stop
from downloads.engines.reader import Reader


def http_error(status: int) -> HTTPError:
    return HTTPError(Response(io.BytesIO(), "https://a.example/", {}, status=status))


def downloaded(cause: BaseException) -> DownloadError:
    """As yt-dlp wraps what an extractor raised."""
    return DownloadError(f"ERROR: {cause}", (type(cause), cause, None))


def behind(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


BLOCKED = BlockedAddress("10.0.0.1", 80)
CASES = [
    (Stop(EngineError(Code.LIMIT_SIZE, "too large")), "limit.size"),
    (behind(TransportError("failed"), BLOCKED), "network.blocked_address"),
    (NoSupportingHandlers([], [BLOCKED]), "network.blocked_address"),
    (OSError(errno.ENOSPC, "No space left on device"), "disk.full"),
    (OSError(errno.EDQUOT, "Disk quota exceeded"), "disk.full"),
    (OSError(errno.EFBIG, "File too large"), "limit.size"),
    (DownloadError("unable to write data: [Errno 28] No space left on device"), "disk.full"),
    (DownloadError("unable to write data: [Errno 27] File too large"), "limit.size"),
    (GeoRestrictedError("not here"), "source.geo_blocked"),
    (downloaded(UnsupportedError("https://a.example/")), "source.unsupported"),
    (http_error(403), "source.private"),
    (http_error(418), "source.unsupported"),
    (http_error(502), "network.unreachable"),
    (downloaded(ExtractorError("no", cause=http_error(404))), "source.not_found"),
    (
        DownloadError("Got error: HTTP Error 410: Gone. Giving up after 3 retries"),
        "source.removed",
    ),
    (TransportError("Read timed out."), "network.timeout"),
    (TransportError("Failed to resolve 'a.example'"), "network.unreachable"),
    (TransportError("Failed to resolve url (does the playlist exist?)"), "source.not_found"),
    (CertificateVerifyError("certificate verify failed"), "network.unreachable"),
    (TransportError("something odd"), "network.unreachable"),
    (ConnectionResetError(104, "Connection reset by peer"), "network.interrupted"),
    (DownloadError("10 bytes read, 20 more expected"), "network.interrupted"),
    (DownloadError("The downloaded file is empty"), "source.not_a_video"),
    (ExtractorError("This video is DRM protected", expected=True), "source.not_downloadable"),
    (ExtractorError("Unable to extract title"), "source.unsupported"),
    (json.JSONDecodeError("Expecting value", "", 0), "source.unsupported"),
]


@pytest.mark.parametrize(("error", "code"), CASES, ids=[str(case[1]) for case in CASES])
def test_every_shape_of_failure_has_a_code(error: Exception, code: str):
    assert failures.classify(error).code == code


@pytest.mark.parametrize("error", [TypeError("'NoneType'"), KeyError("url"), ValueError("x")])
def test_a_mistake_of_ours_stays_what_it_is(error: Exception):
    with pytest.raises(type(error)):
        failures.classify(error)


def test_words_in_an_address_mean_nothing():
    error = DownloadError("HTTP Error 404 for https://a.example/private-video/captcha/sign-in")

    assert failures.classify(error).code == "source.not_found"


def test_what_a_site_says_beats_the_status_it_says_it_with():
    error = downloaded(ExtractorError("Private video", cause=http_error(404)))

    assert failures.classify(error).code == "source.private"


def test_a_warning_before_the_failure_may_tell_its_reason():
    error = DownloadError("No video formats found!")

    assert failures.classify(error).code == "source.unsupported"
    told = failures.classify(error, said="Google Drive - Quota exceeded")
    assert (told.code, told.retryable, told.retry_after) == ("source.quota", True, 3600)
    other = failures.classify(http_error(404), said="formats are missing a PO Token")
    assert other.code == "source.not_found"


def test_the_pause_a_host_asks_for_is_kept_where_it_matters():
    assert failures.classify(http_error(429), retry_after=11).retry_after == 11
    assert failures.classify(http_error(503), retry_after=30).retry_after == 30
    assert failures.classify(http_error(404), retry_after=30).retry_after is None


def test_what_would_only_fail_again_starts_over():
    assert failures.classify(OSError(errno.ENOSPC, "full")).start_over
    assert not failures.classify(TransportError("Read timed out.")).start_over


def test_the_detail_holds_no_advice_on_how_to_use_yt_dlp():
    error = DownloadError(
        "ERROR: \r[download] Got error: it broke; please report this issue on  https://github.com"
    )

    assert failures.plain(error) == "Got error: it broke"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(None, None), ("", None), ("7", 7), ("soon", None), ("-5", None), ("999999999", 86_400)],
)
def test_retry_after_in_seconds(value, seconds):
    assert failures.seconds_until(value) == seconds


def test_retry_after_as_a_date():
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=2)
    text = moment.strftime("%a, %d %b %Y %H:%M:%S GMT")

    assert failures.seconds_until(text) == pytest.approx(120, abs=2)
    assert failures.seconds_until("Wed, 21 Oct 2015 07:28:00 GMT") == 0


def test_what_came_before_a_break_is_not_lost():
    pieces = iter([b"abc", b"def"])

    def read(amount: int) -> bytes:
        if piece := next(pieces, None):
            return piece
        raise ConnectionResetError("reset")

    reader = Reader(read, 100)

    assert reader(100) == b"abcdef"
    with pytest.raises(ConnectionResetError):
        reader(100)


def test_a_page_without_end_is_not_read_for_ever():
    with pytest.raises(Stop) as stopped:
        Reader(lambda amount: b"x" * amount, 1 << 40)()

    assert stopped.value.cause.code == "source.unsupported"


def test_an_answer_that_announces_nothing_is_counted():
    reader = Reader(lambda amount: b"x" * amount, 1_000_000)

    assert len(reader(1_000_000)) == 1_000_000
    with pytest.raises(Stop) as stopped:
        reader(1)
    assert stopped.value.cause.code == "limit.size"


def test_work_without_memory_is_too_large():
    found = failures.classify(MemoryError())

    assert (found.code, found.retryable, found.start_over) == ("limit.size", False, True)
