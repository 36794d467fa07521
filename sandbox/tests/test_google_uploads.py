"""Uploads to Drive by Google's own client, and bodies that come in chunks."""

import hashlib
import os

import pytest
import requests
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaFileUpload, MediaInMemoryUpload

from sandbox.tests.googling import DRIVE, DRIVE_FILE, TEACHER, refused, told

UNIT = 256 * 1024


@pytest.fixture
def drive(service, google):
    return service("drive", TEACHER, [DRIVE_FILE])


def test_a_resumable_upload_goes_on_after_errors(google, drive, tmp_path):
    path = tmp_path / "aula.mp4"
    path.write_bytes(content := os.urandom(5 * UNIT + 7))
    folder = drive.files().create(
        body={"name": "Vídeos", "mimeType": "application/vnd.google-apps.folder"}
    )
    parent = folder.execute()["id"]
    media = MediaFileUpload(path, mimetype="video/mp4", chunksize=UNIT, resumable=True)
    told_about = {"name": "aula.mp4", "parents": [parent], "appProperties": {"key": "1"}}
    request = drive.files().create(body=told_about, media_body=media, fields="id,md5Checksum,size")
    google.fail("PUT /upload", "unavailable", after=2, times=2)

    answer, refusals = None, []
    while answer is None:
        try:
            _, answer = request.next_chunk()
        except HttpError as error:
            refusals.append(error.status_code)
    assert refusals == [503, 503]
    assert answer["size"] == str(len(content))
    assert answer["md5Checksum"] == hashlib.md5(content).hexdigest()
    assert google.files[answer["id"]].fields["parents"] == [parent]
    listed = drive.files().list(q=f"'{parent}' in parents").execute()["files"]
    assert [row["name"] for row in listed] == ["aula.mp4"]


def test_a_small_upload_with_its_name(drive, google):
    media = MediaInMemoryUpload(b"%PDF", mimetype="application/pdf")
    made = drive.files().create(body={"name": "a.pdf"}, media_body=media).execute()

    assert (made["name"], made["mimeType"]) == ("a.pdf", "application/pdf")
    assert made["id"].startswith("1")
    assert len(made["id"]) >= 28


def test_an_id_is_used_once(drive, google):
    file_id = drive.files().generateIds(count=1).execute()["ids"][0]
    body = {"id": file_id, "name": "a"}

    assert drive.files().create(body=body).execute()["id"] == file_id
    assert refused(drive.files().create(body=body)) == (409, "fileIdInUse")


def test_there_is_an_end_to_the_room(service, google):
    google.user("pobre@escola.example", "Pobre", quota_bytes=10)
    files = service("drive", "pobre@escola.example", [DRIVE_FILE]).files()

    for resumable in (False, True):
        media = MediaInMemoryUpload(b"x" * 11, resumable=resumable)
        with pytest.raises(HttpError) as refusal:
            files.create(body={"name": "a"}, media_body=media).execute()
        assert told(refusal.value) == (403, "storageQuotaExceeded")
    assert google.files == {}


def test_reading_does_not_allow_to_write(service, google):
    media = MediaInMemoryUpload(b"x")
    request = service("drive", TEACHER, [DRIVE]).files().create(body={}, media_body=media)

    assert refused(request) == (403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT")


@pytest.fixture
def session(sandbox, google):
    """A resumable upload by HTTP alone."""
    bearer = {"Authorization": f"Bearer {google.issue(TEACHER, [DRIVE_FILE])}"}
    url = f"{sandbox.origin}/upload/drive/v3/files?uploadType=resumable"
    place = requests.post(url, json={"name": "a"}, headers=bearer).headers["Location"]

    def put(content_range, data=b""):
        head = {"Content-Range": content_range}
        return requests.put(place, data=data, headers=head, allow_redirects=False)

    return put


def test_pieces_fit_together(session, google):
    assert session("bytes */*").status_code == 308
    assert session(f"bytes 0-{UNIT - 1}/*", bytes(UNIT)).headers["Range"] == f"bytes=0-{UNIT - 1}"
    assert session(f"bytes {UNIT + 1}-{UNIT + 1}/{UNIT + 2}", b"x").status_code == 400
    assert session(f"bytes {UNIT}-{UNIT}/*", b"x").status_code == 400
    assert session("nonsense", b"x").status_code == 400
    last = session(f"bytes {UNIT}-{UNIT}/{UNIT + 1}", b"x")
    assert last.status_code == 200
    # Whoever lost the answer asks again, and no second file is made.
    assert session(f"bytes */{UNIT + 1}").json() == last.json()
    assert [file.content.size for file in google.files.values()] == [UNIT + 1]


def test_a_piece_may_be_kept_in_part(session, google):
    google.fail("PUT /upload", keep=UNIT)

    first = session(f"bytes 0-{2 * UNIT - 1}/{2 * UNIT}", bytes(2 * UNIT))
    assert (first.status_code, first.headers["Range"]) == (308, f"bytes=0-{UNIT - 1}")
    assert session(f"bytes {UNIT}-{2 * UNIT - 1}/{2 * UNIT}", bytes(UNIT)).status_code == 200


def test_a_body_in_chunks_is_read(sandbox, google):
    bearer = {"Authorization": f"Bearer {google.issue(TEACHER, [DRIVE_FILE])}"}
    url = f"{sandbox.origin}/upload/drive/v3/files?uploadType=media&fields=size"
    pieces = iter([b"a" * 70_000, b"b", b"c" * 9])

    with requests.Session() as web:
        assert web.post(url, data=pieces, headers=bearer).json() == {"size": "70010"}
        assert web.post(url, data=b"x", headers=bearer).json() == {"size": "1"}
