"""Every way in which Google refuses a file has its own code, and costs few calls."""

from typing import Any

import pytest

from accounts.google.errors import GoogleError, Reason
from downloads.engines import drive_failures
from downloads.tests.driving import SIZE, Account, announce
from downloads.tests.fetching import Fetcher

HOURS = 3600
LOOK = r"GET /drive/v3/files/[^/?]+\?(?!.*alt=media)"
MEDIA = r"alt=media"

REFUSED = [
    (MEDIA, "no_download", "source.not_downloadable", False),
    (MEDIA, "abuse", "source.not_downloadable", False),
    (MEDIA, "not_binary", "source.not_downloadable", False),
    (MEDIA, "quota_download", "source.quota", True),
    (MEDIA, "daily_limit", "source.quota", True),
    (MEDIA, "rate", "source.rate_limited", True),
    (MEDIA, "rate403", "source.rate_limited", True),
    (MEDIA, "internal", "network.unreachable", True),
    (MEDIA, "hang_up", "network.unreachable", True),
    (LOOK, "domain_policy", "source.not_downloadable", False),
    (LOOK, "service_disabled", "internal", False),
    (LOOK, "invalid", "internal", False),
    (LOOK, "unavailable", "network.unreachable", True),
    (LOOK, "html502", "network.unreachable", True),
    (LOOK, "not_json", "network.unreachable", True),
    (LOOK, "reset", "network.unreachable", True),
]


@pytest.mark.parametrize(("match", "error", "code", "retryable"), REFUSED)
def test_a_refusal_has_its_code(account: Account, fetcher: Fetcher, match, error, code, retryable):
    account.google.fail(match, error, times=-1)

    failed = account.failed(account.file())

    assert (failed["code"], failed["retryable"]) == (code, retryable)
    assert failed["detail"].startswith("Google: ")
    assert fetcher.partial_bytes() == 0
    assert len(account.google.log) <= 6


def test_a_spent_quota_waits_for_hours_so_that_the_attempts_reach_past_its_end(account: Account):
    account.google.fail(MEDIA, "quota_download", times=-1)

    failed = account.failed(account.file())

    assert failed["retry_after"] == 12 * HOURS
    assert len(account.google.log) == 2


def test_a_pause_that_google_asks_for_is_kept(account: Account):
    account.google.fail(MEDIA, "rate", times=-1, headers={"Retry-After": "77"})

    failed = account.failed(account.file())

    assert (failed["code"], failed["retry_after"]) == ("source.rate_limited", 77)
    assert len(account.ranges(next(iter(account.google.files.values())))) == 1


def test_a_short_pause_is_waited_for(account: Account):
    account.google.fail(MEDIA, "rate", times=1, headers={"Retry-After": "1"})

    assert account.done(account.file())["size_bytes"] == SIZE


KEPT_OUT: list[tuple[dict[str, Any], str]] = [
    ({"can_download": False}, "source.not_downloadable"),
    ({"trashed": True, "owner": "ana@escola.example"}, "source.removed"),
    ({"mime": "application/vnd.google-apps.folder"}, "source.unsupported"),
    ({"mime": "application/vnd.google-apps.document"}, "source.not_a_video"),
    ({"name": "Lista.pdf", "mime": "application/pdf"}, "source.not_a_video"),
    ({"videoMediaMetadata": {"durationMillis": "7200000"}}, "limit.duration"),
]


@pytest.mark.parametrize(("facts", "code"), KEPT_OUT)
def test_what_may_not_come_is_refused_before_its_first_byte(account: Account, facts, code):
    file = account.file(**facts)

    failed = account.failed(file)

    assert (failed["code"], failed["retryable"]) == (code, False)
    assert account.ranges(file) == []


@pytest.mark.parametrize("size", [(50 << 20) + 1, 5 << 40])
def test_what_is_larger_than_allowed_is_refused_before_its_first_byte(account: Account, size: int):
    file = account.file(content=b"little")
    announce(file, size=str(size))

    failed = account.failed(file)

    assert (failed["code"], failed["retryable"]) == ("limit.size", False)
    assert account.ranges(file) == []


def test_an_export_that_is_larger_than_allowed_is_stopped(account: Account, fetcher: Fetcher):
    file = account.file("Plano", "application/vnd.google-apps.document")
    order = {"export": "application/pdf"}

    failed = account.failed(file, kind="material", drive=order, max_bytes=100)

    assert (failed["code"], failed["retryable"]) == ("limit.size", False)
    assert fetcher.partial_bytes() == 0


@pytest.mark.parametrize(
    ("content", "code", "retryable"),
    [
        (b"", "source.not_a_video", False),
        (b"<!doctype html><title>Sign in</title>", "source.not_a_video", False),
        (b'{"error": {"code": 403}}', "source.not_a_video", False),
    ],
)
def test_what_is_no_video_is_not_kept(
    account: Account, fetcher: Fetcher, content, code, retryable
):
    failed = account.failed(account.file(content=content))

    assert (failed["code"], failed["retryable"]) == (code, retryable)
    assert fetcher.partial_bytes() == 0


def test_a_video_that_is_damaged_at_its_source_is_fetched_once(account: Account):
    whole = account.file()
    assert whole.content
    half = b"".join(map(bytes, whole.content.blocks(0, 100_000)))

    failed = account.failed(account.file(content=half))

    assert (failed["code"], failed["retryable"]) == ("file.corrupt", False)


def test_a_shortcut_leads_to_its_file(account: Account):
    file = account.file(resource_key="0-kEy_1", public=True, readers=[])
    shortcut = account.google.shortcut("1Shortcut", file.id, readers=["ana@escola.example"])

    done = account.done(shortcut)

    assert done["size_bytes"] == SIZE
    assert done["metadata"]["source_id"] == file.id


def test_a_file_of_a_link_opens_with_its_resource_key(account: Account):
    file = account.file(resource_key="0-kEy_1", public=True, readers=[])

    assert account.done(file, drive={"resource_key": "0-kEy_1"})["size_bytes"] == SIZE


@pytest.mark.parametrize("file_id", ["..", "a/b", "x?alt=media", "", "á"])
def test_an_id_that_is_none_asks_google_nothing(account: Account, file_id: str):
    failed = account.failed(file_id, kind="material")

    assert failed["code"] == "source.not_found"
    assert account.google.log == []


@pytest.mark.parametrize(
    "address",
    [
        "http://videos.example/thumbnail.jpg",
        "https://videos.example\\@lh3.googleusercontent.com/thumbnail.jpg",
        "https://videos.example/@lh3.googleusercontent.com/thumbnail.jpg",
    ],
)
def test_the_token_goes_to_no_host_but_googles(account: Account, fetcher: Fetcher, address: str):
    file = account.file(thumbnailLink=address)

    done = account.done(file)

    assert done["thumbnail"] == "thumbnail.jpg"  # out of the video
    assert fetcher.sandbox.log.requests("videos.example") == []


def test_googles_own_picture_is_shown_while_the_video_comes(account: Account, fetcher: Fetcher):
    file = account.file(thumbnailLink="https://lh3.googleusercontent.com/drive-storage/x")

    events = account.events(file)

    assert next(e for e in events if e["event"] == "resolved")["thumbnail"] == "thumbnail.jpg"
    (asked,) = fetcher.sandbox.log.requests("lh3.googleusercontent.com")
    assert asked.headers["Authorization"] == f"Bearer {account.given[0]}"


def test_a_google_at_a_private_address_is_not_reached_unless_allowed(
    account: Account, fetcher: Fetcher
):
    network = {"allowed": [], "proxy": "", "ca_file": ""}

    failed = account.failed(account.file(), network=network)

    assert (failed["code"], failed["retryable"]) == ("network.blocked_address", False)
    assert account.google.log == []


def test_every_reason_of_google_has_a_code():
    for reason in Reason:
        assert drive_failures.explain(GoogleError(reason, "no")).detail == "Google: no"


def test_a_redirect_is_not_followed_with_the_token(account: Account, fetcher: Fetcher):
    elsewhere = "http://videos.example/thumbnail.jpg"
    link = f"{fetcher.sandbox.origin}/bad/redir/x.jpg?to={elsewhere}"

    account.done(account.file(thumbnailLink=link))

    asked = fetcher.sandbox.log.requests("/bad/redir/")
    assert [entry.headers["Authorization"] for entry in asked] == [f"Bearer {account.given[0]}"]
    assert [entry for entry in fetcher.sandbox.log.requests() if entry.url == elsewhere] == []
