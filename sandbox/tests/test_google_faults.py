"""Every fault that can be ordered, as Google's own client and plain HTTP see it."""

import hashlib
import time

import pytest
import requests

from sandbox.google.errors import ERRORS
from sandbox.google.faults import OTHERS
from sandbox.tests.googling import DRIVE, TEACHER, refused
from sandbox.tests.waiting import until

SENT = [1_000_000, 300_000, 1000, 699_000]
VIDEO = "1video-of-the-school-0000000001"
REASONS = {
    "unauthenticated": (401, "authError"),
    "invalid": (400, "badRequest"),
    "precondition": (400, "failedPrecondition"),
    "batch_size": (400, "batchSizeTooLarge"),
    "required": (400, "required"),
    "scope": (403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT"),
    "forbidden": (403, "forbidden"),
    "file_permission": (403, "insufficientFilePermissions"),
    "api_disabled": (403, "forbidden"),
    "classroom_disabled": (403, "forbidden"),
    "domain_policy": (403, "domainPolicy"),
    "service_disabled": (403, "SERVICE_DISABLED"),
    "rate": (429, "RATE_LIMIT_EXCEEDED"),
    "rate403": (403, "userRateLimitExceeded"),
    "rate403_project": (403, "rateLimitExceeded"),
    "daily_limit": (403, "dailyLimitExceeded"),
    "quota_download": (403, "downloadQuotaExceeded"),
    "storage": (403, "storageQuotaExceeded"),
    "no_download": (403, "cannotDownloadFile"),
    "abuse": (403, "cannotDownloadAbusiveFile"),
    "not_binary": (403, "fileNotDownloadable"),
    "not_exportable": (403, "fileNotExportable"),
    "export_size": (403, "exportSizeLimitExceeded"),
    "not_found": (404, "notFound"),
    "file_not_found": (404, "notFound"),
    "exists": (409, "fileIdInUse"),
    "internal": (500, "backendError"),
    "bad_gateway": (502, "backendError"),
    "unavailable": (503, "backendError"),
    "timeout": (504, "backendError"),
}


@pytest.fixture
def ask(sandbox, google):
    """A plain GET with a good token, on a connection of its own."""
    token = google.issue(TEACHER, [DRIVE])

    def get(path="/drive/v3/about?fields=user", **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        bearer = {"Authorization": f"Bearer {token}", "Connection": "close"}
        return requests.get(sandbox.origin + path, headers=bearer | named, timeout=5)

    return get


@pytest.fixture
def video(google):
    google.file(VIDEO, "aula.mp4", "video/mp4", size=1_000_000, owner=TEACHER)
    return f"/drive/v3/files/{VIDEO}?alt=media"


def test_the_table_is_whole():
    assert set(REASONS) == set(ERRORS)


@pytest.mark.parametrize("name", ERRORS)
def test_every_error_reads_as_googles(google, service, name):
    google.fail("GET /drive/v3/about", name)
    request = service("drive", TEACHER).about().get(fields="user")

    assert refused(request) == REASONS[name]
    assert request.execute()["user"]["emailAddress"] == TEACHER


@pytest.mark.parametrize(
    ("name", "start"),
    [("api_disabled", "@ClassroomApiDisabled "), ("classroom_disabled", "@ClassroomDisabled ")],
)
def test_classroom_names_its_reason_in_the_message(google, ask, name, start):
    google.fail("about", name)

    error = ask().json()["error"]
    assert error["message"].startswith(start)
    assert (error["code"], error["status"]) == (403, "PERMISSION_DENIED")


def test_it_happens_as_often_as_told_after_as_many_as_told(google, ask):
    google.fail("about", "internal", after=1, times=2, headers={"Retry-After": "3"})

    answers = [ask() for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 500, 500, 200]
    assert answers[1].headers["Retry-After"] == "3"


def test_for_ever_until_forgotten(google, ask):
    google.fail("about", "internal", times=-1)

    assert [ask().status_code for _ in range(3)] == [500] * 3
    google.reset()
    assert ask().status_code == 200


def test_only_what_matches_fails(google, ask):
    google.fail(r"GET /drive/v3/about\?fields=storageQuota", "internal")

    assert ask().status_code == 200
    assert ask("/drive/v3/about?fields=storageQuota").status_code == 500


@pytest.mark.parametrize("bad", [{"match": "x", "error": "no_such"}, {"match": "("}])
def test_a_fault_that_is_none_is_refused(google, bad):
    with pytest.raises(Exception, match=r"no such error|unterminated"):
        google.fail(**bad)


def test_an_answer_can_take_long(google, ask):
    google.fail("about", delay=0.5)
    before = time.monotonic()

    assert ask().status_code == 200
    assert time.monotonic() - before >= 0.5


@pytest.mark.parametrize("error", ["hang_up", "reset"])
def test_no_answer_at_all(google, ask, error):
    google.fail("about", error)

    with pytest.raises(requests.ConnectionError):
        ask()
    assert ask().status_code == 200


@pytest.mark.parametrize(("error", "status"), [("not_json", 200), ("html502", 502)])
def test_a_page_in_place_of_an_answer(google, ask, error, status):
    google.fail("about", error)

    answer = ask()
    assert (answer.status_code, answer.text[:9]) == (status, "<!doctype")


def test_an_answer_can_be_cut(google, ask):
    google.fail("about", cut_after=5)

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        ask()


@pytest.mark.parametrize(
    ("error", "status"), [("invalid_grant", 400), ("invalid_client", 401), ("unavailable", 503)]
)
def test_a_refresh_can_fail(sandbox, google, error, status):
    google.fail("POST /token", error)
    fields = {
        "client_id": "sandbox-client",
        "client_secret": "sandbox-secret",
        "grant_type": "refresh_token",
        "refresh_token": google.new_refresh(TEACHER, [DRIVE]),
    }

    answers = [requests.post(f"{sandbox.origin}/token", data=fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [status, 200]
    assert answers[0].json()["error"] == (error if status < 500 else answers[0].json()["error"])
    assert google.calls("/token") == 2


def test_media_can_be_cut_in_the_middle(sandbox, google, ask, video):
    whole = ask(video).content
    google.fail("alt=media", cut_after=300_000)
    google.fail("alt=media", cut_after=1000)

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        ask(video)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        ask(video, Range="bytes=300000-")
    assert ask(video, Range="bytes=301000-").content == whole[301_000:]
    until(lambda: [one.sent for one in sandbox.log.requests("alt=media")] == SENT)


def test_media_can_ignore_the_range(google, ask, video):
    google.fail("alt=media", ignore_range=True)

    answer = ask(video, Range="bytes=500-")
    assert (answer.status_code, len(answer.content)) == (200, 1_000_000)


def test_media_can_be_corrupt(google, ask, video):
    good = ask(video).content
    google.fail("alt=media", corrupt=True)
    bad = ask(video).content

    assert len(bad) == len(good)
    assert hashlib.md5(bad).hexdigest() != hashlib.md5(good).hexdigest()
    assert ask(video).content == good


def test_media_can_be_slow(google, ask, video):
    google.fail("alt=media", rate=2_000_000)
    before = time.monotonic()

    assert len(ask(video).content) == 1_000_000
    assert time.monotonic() - before >= 0.4


def test_lists_can_be_endless(google, service):
    for number in range(3):
        google.course(f"c{number}", "Turma", TEACHER)
    google.endless_pages.add("courses")
    courses = service("classroom", TEACHER).courses()

    token, seen, tokens = None, [], set()
    for _ in range(30):
        told = courses.list(pageSize=2, pageToken=token).execute()
        token = told["nextPageToken"]
        tokens.add(token)
        seen += [row["id"] for row in told["courses"]]
    assert len(tokens) == 30
    assert len(seen) == 60
    assert set(seen) == {"c0", "c1", "c2"}


def test_an_empty_list_can_be_endless(google, service):
    google.endless_pages.add("courses")

    told = service("classroom", TEACHER).courses().list().execute()
    assert list(told) == ["nextPageToken"]


def test_rows_can_come_twice(google, service):
    google.course("c0", "Turma", TEACHER)
    google.doubled.add("courses")

    rows = service("classroom", TEACHER).courses().list().execute()["courses"]
    assert [row["id"] for row in rows] == ["c0", "c0"]


def test_every_other_fault_has_its_test():
    tried = {"invalid_grant", "invalid_client", "hang_up", "reset", "not_json", "html502"}
    assert tried == OTHERS
