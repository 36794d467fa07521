"""Any other file of a course: fetched as it is, a document of Google's own as a PDF."""

import hashlib
from typing import Any

import pytest

from core.tests.children import Event
from downloads.engines.materials import safe_type
from downloads.tests.driving import Account
from downloads.tests.fetching import Fetcher
from sandbox.google.files import File

NATIVE = "application/vnd.google-apps."
MATERIAL: dict[str, Any] = {"kind": "material", "drive": {"export": "application/pdf"}}
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def fetch(account: Account, file: File) -> Event:
    return account.done(file, **MATERIAL)


def test_a_file_comes_as_it_is(account: Account, fetcher: Fetcher):
    content = b"%PDF-1.7 " + bytes(range(256)) * 4000
    file = account.file("Lista 1.pdf", "application/pdf", content=content)

    done = fetch(account, file)

    assert fetcher.published() == {"file.pdf": len(content)}
    assert (fetcher.workdir / "publish" / "file.pdf").read_bytes() == content
    assert done["sha256"] == hashlib.sha256(content).hexdigest()
    assert (done["name"], done["content_type"]) == ("Lista 1.pdf", "application/pdf")
    assert (done["file"], done["size_bytes"], done["linked"]) == ("file.pdf", len(content), False)


def test_a_file_of_no_bytes_comes_too(account: Account, fetcher: Fetcher):
    done = fetch(account, account.file("vazio.txt", "text/plain", content=b""))

    assert (done["size_bytes"], fetcher.published()) == (0, {"file.txt": 0})


def test_a_cut_file_goes_on(account: Account):
    file = account.file("Aula.zip", "application/zip")
    account.google.fail("alt=media", times=1, cut_after=700_000)
    assert file.content

    assert fetch(account, file)["sha256"] == file.content.digest("sha256")
    assert len(account.ranges(file)) == 2
    assert account.sent(file) < 2_200_000


@pytest.mark.parametrize("kind", ["document", "presentation", "spreadsheet"])
def test_googles_own_documents_come_as_pdf(account: Account, fetcher: Fetcher, kind: str):
    done = fetch(account, account.file("Plano de aula", f"{NATIVE}{kind}"))

    assert (done["name"], done["content_type"]) == ("Plano de aula.pdf", "application/pdf")
    assert (fetcher.workdir / "publish" / "file.pdf").read_bytes().startswith(b"%PDF-")


def test_a_document_that_was_edited_meanwhile_is_exported_again(account: Account):
    file = account.file("Plano", f"{NATIVE}document")
    first = fetch(account, file)
    account.google.change_file(file.id, name="Plano novo")

    second = fetch(account, file)

    assert second["name"] == "Plano novo.pdf"
    assert second["sha256"] != first["sha256"]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"mime": f"{NATIVE}document", "export_too_large": True}, "source.not_downloadable"),
        ({"mime": f"{NATIVE}form"}, "source.not_downloadable"),
        ({"mime": f"{NATIVE}folder"}, "source.unsupported"),
        ({"mime": "application/zip", "can_download": False}, "source.not_downloadable"),
    ],
)
def test_what_cannot_be_had_has_its_code(account: Account, facts: dict[str, Any], code: str):
    failed = account.failed(account.file("Prova", **facts), **MATERIAL)

    assert (failed["code"], failed["retryable"]) == (code, False)


def test_a_page_in_place_of_a_pdf_is_not_kept(account: Account, fetcher: Fetcher):
    account.google.fail("/export", "not_json", times=-1)

    failed = account.failed(account.file("Plano", f"{NATIVE}document"), **MATERIAL)

    assert (failed["code"], failed["retryable"]) == ("file.corrupt", True)
    assert fetcher.partial_bytes() == 0


@pytest.mark.parametrize(
    ("name", "mime", "shown", "file"),
    [
        ("../../etc/passwd", "text/plain", "_.._etc_passwd", "file"),
        ("a\\b\x00c\u202e.PDF", "application/pdf", "a_bc.PDF", "file.pdf"),
        ("x" * 400 + ".pdf", "application/pdf", "x" * 255, "file"),
        ("...", "text/plain", "", "file"),
    ],
)
def test_a_name_is_one_name_and_no_path(account: Account, name, mime, shown, file):
    made = account.file(name, mime, content=b"x")

    done = fetch(account, made)

    assert (done["name"], done["file"]) == (shown or made.id, file)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("application/pdf", "application/pdf"),
        ("image/png", "image/png"),
        (DOCX, DOCX),
        ("text/html", "application/octet-stream"),
        ("application/xhtml+xml", "application/octet-stream"),
        ("image/svg+xml", "application/octet-stream"),
        ("text/javascript", "application/octet-stream"),
        ("application/x-javascript", "application/octet-stream"),
    ],
)
def test_a_type_that_a_browser_would_run_is_not_kept(told: str, kept: str):
    assert safe_type(told) == kept


def test_a_material_without_an_account_waits_for_one(fetcher: Fetcher):
    failed = fetcher.failed("https://drive.google.com/file/d/1AbC/view", "drive", kind="material")

    assert (failed["code"], failed["retryable"]) == ("credential.needs_consent", False)
