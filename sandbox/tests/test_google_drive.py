"""Drive, asked by Google's own client: files, their bytes, exports, who may see them."""

import hashlib
import io

import pytest
import requests
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaIoBaseDownload

from sandbox.tests.googling import (
    CLASSROOM,
    DRIVE,
    DRIVE_FILE,
    DRIVE_FULL,
    PREFIX,
    STUDENT,
    TEACHER,
    refused,
    told,
)

VIDEO = "1video-of-the-school-0000000001"
SIZE = 3_000_000
DOC = "application/vnd.google-apps.document"


@pytest.fixture
def video(google):
    return google.file(VIDEO, "aula.mp4", "video/mp4", size=SIZE, owner=TEACHER, readers=[STUDENT])


@pytest.fixture
def fetched(sandbox, google):
    """The bytes by HTTP alone."""

    def get(file_id=VIDEO, email=STUDENT, **headers):
        bearer = {"Authorization": f"Bearer {google.issue(email, [DRIVE])}"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"{sandbox.origin}/drive/v3/files/{file_id}?alt=media"
        return requests.get(url, headers=bearer | named)

    return get


def downloaded(drive, file_id, **more):
    buffer = io.BytesIO()
    request = drive.files().get_media(fileId=file_id, **more)
    download = MediaIoBaseDownload(buffer, request, chunksize=1 << 20)
    finished = False
    while not finished:
        _, finished = download.next_chunk()
    return buffer.getvalue()


def test_metadata_tell_the_truth_about_the_bytes(sandbox, service, video):
    files = service("drive", STUDENT).files()
    fields = "name,size,md5Checksum,sha256Checksum,headRevisionId,trashed,capabilities/canDownload"

    about = files.get(fileId=VIDEO, fields=fields, supportsAllDrives=True).execute()
    content = downloaded(service("drive", STUDENT), VIDEO)
    assert about.pop("headRevisionId")
    assert about == {
        "name": "aula.mp4",
        "size": str(SIZE),
        "md5Checksum": hashlib.md5(content).hexdigest(),
        "sha256Checksum": sandbox.unique(VIDEO, SIZE).sha256(),
        "trashed": False,
        "capabilities": {"canDownload": True},
    }
    assert set(files.get(fileId=VIDEO).execute()) == {"kind", "id", "name", "mimeType"}
    everything = files.get(fileId=VIDEO, fields="*").execute()
    assert everything["owners"][0]["emailAddress"] == TEACHER


def test_half_a_gigabyte_is_not_held_in_memory(google, sandbox, fetched, monkeypatch):
    file = google.file(VIDEO, "aula.mp4", "video/mp4", size=500_000_000, readers=[STUDENT])

    tail = fetched(Range="bytes=499999990-")
    assert tail.headers["Content-Range"] == "bytes 499999990-499999999/500000000"
    last = sandbox.unique(VIDEO, 500_000_000).blocks(499_999_990, 500_000_000)
    assert tail.content == b"".join(last)
    assert file.content.size == 500_000_000


def test_ranges_and_tags(video, fetched):
    whole = fetched()
    assert (whole.status_code, len(whole.content)) == (200, SIZE)
    assert whole.headers["Accept-Ranges"] == "bytes"
    tag = whole.headers["ETag"]

    part = fetched(Range="bytes=1000-1999", If_Range=tag)
    assert (part.status_code, part.content) == (206, whole.content[1000:2000])
    assert fetched(Range="bytes=1000-", If_Range='"old"').status_code == 200
    beyond = fetched(Range=f"bytes={SIZE}-")
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{SIZE}")


def test_a_new_revision_has_other_names(google, service, video, fetched):
    files, fields = service("drive", STUDENT).files(), "headRevisionId,md5Checksum,name"
    before, tag = files.get(fileId=VIDEO, fields=fields).execute(), fetched().headers["ETag"]

    google.change_file(VIDEO, size=SIZE, seed="new", name="nova.mp4")
    after = files.get(fileId=VIDEO, fields=fields).execute()
    assert after["name"] == "nova.mp4"
    assert before["headRevisionId"] != after["headRevisionId"]
    assert before["md5Checksum"] != after["md5Checksum"]
    assert fetched(Range="bytes=1000-", If_Range=tag).status_code == 200


def test_an_empty_file_is_a_file(google, service):
    google.file(VIDEO, "vazio.mp4", "video/mp4", b"", readers=[STUDENT])

    assert downloaded(service("drive", STUDENT), VIDEO) == b""


@pytest.mark.parametrize(
    ("made", "answer"),
    [
        ({"can_download": False}, (403, "cannotDownloadFile")),
        ({"abusive": True}, (403, "cannotDownloadAbusiveFile")),
        ({"mime": DOC}, (403, "fileNotDownloadable")),
        ({"readers": []}, (404, "notFound")),
        ({"trashed": True}, (404, "notFound")),
        ({"readers": [], "public": True, "resource_key": "k"}, (404, "notFound")),
    ],
)
def test_what_may_not_be_downloaded(google, service, made, answer):
    fields = {"mime": "video/mp4", "content": b"x", "readers": [STUDENT], "owner": TEACHER}
    google.file(VIDEO, "aula.mp4", **(fields | made))

    with pytest.raises(HttpError) as refusal:
        downloaded(service("drive", STUDENT), VIDEO)
    assert told(refusal.value) == answer


def test_its_owner_may_download_what_others_may_not(google, service):
    kept = {"owner": TEACHER, "can_download": False, "abusive": True}
    google.file(VIDEO, "a.mp4", "video/mp4", b"xy", **kept)

    assert downloaded(service("drive", TEACHER), VIDEO, acknowledgeAbuse=True) == b"xy"


def test_a_public_file_opens_for_any_account(google, service):
    google.file(VIDEO, "aula.mp4", "video/mp4", b"x", owner=TEACHER, public=True)
    google.file(f"{VIDEO}k", "aula.mp4", "video/mp4", b"x", public=True, resource_key="0-key")
    files = service("drive", "ana@example.com").files()

    assert files.get(fileId=VIDEO).execute()["id"] == VIDEO
    request = files.get(fileId=f"{VIDEO}k", fields="id,resourceKey")
    assert refused(request) == (404, "notFound")
    request.headers["X-Goog-Drive-Resource-Keys"] = f"other/x,{VIDEO}k/0-key"
    assert request.execute() == {"id": f"{VIDEO}k", "resourceKey": "0-key"}


def test_scopes_decide(google, service, video):
    google.file(f"{VIDEO}app", "meu.mp4", "video/mp4", b"x", owner=STUDENT, made_here=True)

    def get(scope, file_id=VIDEO):
        return service("drive", STUDENT, [scope]).files().get(fileId=file_id)

    assert get(DRIVE).execute()
    assert get(DRIVE_FILE, f"{VIDEO}app").execute()
    assert refused(get(DRIVE_FILE)) == (404, "notFound")
    assert refused(get(CLASSROOM[0])) == (403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT")
    assert get(f"{PREFIX}drive.metadata.readonly").execute()
    meta = service("drive", STUDENT, [f"{PREFIX}drive.metadata.readonly"])
    with pytest.raises(HttpError) as refusal:
        downloaded(meta, VIDEO)
    assert told(refusal.value) == (403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT")


def test_shortcuts_say_what_they_lead_to(google, service, video):
    google.shortcut(f"{VIDEO}s", VIDEO, readers=[STUDENT])
    google.shortcut(f"{VIDEO}g", "1gone", readers=[STUDENT], name="Perdido")
    files = service("drive", STUDENT).files()

    found = files.get(fileId=f"{VIDEO}s", fields="mimeType,shortcutDetails").execute()
    assert found["mimeType"] == "application/vnd.google-apps.shortcut"
    assert found["shortcutDetails"] == {"targetId": VIDEO, "targetMimeType": "video/mp4"}
    assert refused(files.get(fileId="1gone")) == (404, "notFound")


def test_documents_are_exported_as_pdf(google, service, video):
    google.file("d1", "Plano (3º ano)", DOC, readers=[STUDENT])
    google.file("d2", "Enorme", DOC, readers=[STUDENT], export_too_large=True)
    files = service("drive", STUDENT).files()

    content = files.export(fileId="d1", mimeType="application/pdf").execute()
    assert content.startswith(b"%PDF-1.4")
    assert "Plano \\(3º ano\\)".encode("latin-1") in content
    start = int(content.split(b"startxref\n")[1].split()[0])
    assert content[start:].startswith(b"xref")
    assert refused(files.export(fileId="d1", mimeType="video/mp4"))[0] == 400
    pdf = {"mimeType": "application/pdf"}
    assert refused(files.export(fileId="d2", **pdf)) == (403, "exportSizeLimitExceeded")
    assert refused(files.export(fileId=VIDEO, **pdf)) == (403, "fileNotExportable")


def test_listing(google, service, video):
    google.file("f1", "Pasta", "application/vnd.google-apps.folder", owner=TEACHER)
    google.file("v2", "d'água.mp4", "video/mp4", b"x", owner=TEACHER, parents=["f1"])
    google.file("v3", "lixo.mp4", "video/mp4", b"x", owner=TEACHER, trashed=True)
    google.file("v4", "p", "video/mp4", b"x", owner=TEACHER, appProperties={"key": "7"})
    files = service("drive", TEACHER).files()

    def names(query):
        rows = files.list(q=query, fields="files(name)", orderBy="name").execute()
        return [row["name"] for row in rows.get("files", [])]

    assert names("'f1' in parents and trashed = false") == ["d'água.mp4"]
    assert names("name = 'd\\'água.mp4'") == ["d'água.mp4"]
    assert names("trashed=true") == ["lixo.mp4"]
    assert names("mimeType contains 'video/' and name contains 'AULA'") == ["aula.mp4"]
    assert names("mimeType='application/vnd.google-apps.folder' and 'me' in owners") == ["Pasta"]
    assert names("appProperties has { key='key' and value='7' }") == ["p"]
    assert refused(files.list(q="size > 3"))[0] == 400
    assert refused(files.list(q="trashed=true and "))[0] == 400
    assert refused(files.list(q="trashed=true, trashed=true"))[0] == 400
    assert refused(files.list(orderBy="size"))[0] == 400
    page = files.list(pageSize=2).execute()
    assert len(page["files"]) == 2
    assert len(files.list(pageToken=page["nextPageToken"]).execute()["files"]) == 3
    mine = service("drive", TEACHER, [DRIVE_FILE]).files().list().execute()
    assert mine == {}


def test_the_quota_and_throwing_away(google, service, video):
    google.user("rico@escola.example", "Rico", quota_bytes=None)
    drive = service("drive", TEACHER, [DRIVE_FULL])

    quota = drive.about().get(fields="storageQuota").execute()["storageQuota"]
    assert (quota["usage"], quota["limit"]) == (str(SIZE), str(15 << 30))
    unlimited = service("drive", "rico@escola.example").about()
    assert "limit" not in unlimited.get(fields="storageQuota").execute()["storageQuota"]
    assert refused(drive.about().get()) == (400, "required")

    reader = service("drive", STUDENT, [DRIVE_FULL]).files()
    assert refused(reader.delete(fileId=VIDEO)) == (403, "insufficientFilePermissions")
    trashed = drive.files().update(fileId=VIDEO, body={"trashed": True}, fields="trashed")
    assert trashed.execute() == {"trashed": True}
    assert refused(reader.get(fileId=VIDEO)) == (404, "notFound")
    drive.files().delete(fileId=VIDEO).execute()
    assert VIDEO not in google.files
