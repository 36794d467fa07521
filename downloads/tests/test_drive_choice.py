"""Which way a Drive video comes: by the account, or as everybody who has the link."""

import pytest

from downloads.tests.driving import SIZE, Account
from downloads.tests.fetching import Fetcher

ID = "1AbCdEfGhIjKlMnOpQrStUvWxYz0123ok"
PRIVATE = "1AbCdEfGhIjKlMnOpQrStUvWxYzPRIVATE"
MISSING = "1AbCdEfGhIjKlMnOpQrStUvWxYzMISSING"
LINK = "https://drive.google.com/file/d/{}/view"
LOGIN = ["openid", "email"]


def asked_google(fetcher: Fetcher) -> list[str]:
    return [entry.url for entry in fetcher.sandbox.log.requests("/drive/v3/")]


def test_without_an_account_a_public_file_comes_by_its_page(fetcher: Fetcher):
    done = fetcher.done(LINK.format(ID), "drive")

    assert done["container"] == "mp4"
    assert asked_google(fetcher) == []


def test_with_an_account_its_page_is_not_asked(account: Account, fetcher: Fetcher):
    account.done(account.file(public=True))

    assert fetcher.sandbox.log.requests("drive.google.com") == []


@pytest.mark.parametrize("scopes", [LOGIN, None])
def test_a_public_file_that_the_account_is_not_shown_comes_by_its_page(
    account: Account, fetcher: Fetcher, scopes
):
    """Without the permission for Drive, or in Google's words: not found."""
    account.scopes = scopes or account.scopes

    done = account.done(ID)

    assert (done["container"], done["metadata"]["source_id"]) == ("mp4", ID)
    assert len(asked_google(fetcher)) == 1


@pytest.mark.parametrize(
    ("file_id", "scopes", "code"),
    [
        (PRIVATE, LOGIN, "credential.missing_scope"),
        (MISSING, LOGIN, "credential.missing_scope"),
        (MISSING, None, "source.not_found"),
    ],
)
def test_kept_out_on_both_ways_the_more_telling_reason_is_said(
    account: Account, file_id: str, scopes, code: str
):
    account.scopes = scopes or account.scopes

    failed = account.failed(file_id)

    assert (failed["code"], failed["retryable"]) == (code, False)


def test_a_private_file_of_others_is_said_to_be_private(account: Account):
    failed = account.failed(PRIVATE)

    assert failed["code"] in {"source.private", "source.login_required"}


def test_what_ails_the_file_itself_is_said_even_if_the_account_is_kept_out(account: Account):
    account.scopes = LOGIN

    assert account.failed(ID, max_bytes=1000)["code"] == "limit.size"


def test_what_its_page_began_is_not_continued_by_the_account(account: Account, fetcher: Fetcher):
    file = account.file()
    (fetcher.workdir / "temp").mkdir(parents=True)
    wishes = account._wishes(file, {})
    fingerprint = fetcher.job(wishes["url"])["fingerprint"]
    account.done(file)
    partial = fetcher.workdir / "temp" / "part-0"
    partial.rename(partial.with_name("part-0.part"))
    (fetcher.workdir / "temp" / "selection").write_text("another choice")
    fetcher.sandbox.reset()

    done = account.done(file, fingerprint=fingerprint)

    assert done["size_bytes"] == SIZE
    assert account.ranges(file) == [""]
