"""Several calls in one, by Google's own client."""

import pytest
from googleapiclient.errors import HttpError

from sandbox.tests.googling import STUDENT, TEACHER, told


@pytest.fixture
def run(google, service):
    def batched(api, requests):
        good: dict = {}
        bad: dict = {}

        def note(name, answer, error):
            (bad if error else good)[name] = told(error) if error else answer

        batch = api.new_batch_http_request(callback=note)
        for name, request in requests.items():
            batch.add(request, request_id=name)
        batch.execute()
        return good, bad

    return batched


def test_one_file_that_is_gone_does_not_spoil_the_others(google, service, run):
    for number in range(99):
        google.file(f"f{number}", f"{number}.mp4", "video/mp4", b"x", readers=[TEACHER])
    api = service("drive", TEACHER)
    names = [*(f"f{number}" for number in range(99)), "gone"]

    good, bad = run(api, {n: api.files().get(fileId=n, fields="id,size") for n in names})
    assert len(good) == 99
    assert good["f7"] == {"id": "f7", "size": "1"}
    assert bad == {"gone": (404, "notFound")}
    assert google.calls("/batch/drive/v3") == 1
    assert sum(entry.is_inner for entry in google.log) == 100


@pytest.mark.parametrize(("name", "largest"), [("drive", 100), ("classroom", 50)])
def test_there_is_a_largest_batch(google, service, run, name, largest):
    api = service(name, TEACHER)
    one = (lambda: api.files().list()) if name == "drive" else (lambda: api.courses().list())

    assert len(run(api, {str(n): one() for n in range(largest)})[0]) == largest
    with pytest.raises(HttpError, match="too large"):
        run(api, {str(n): one() for n in range(largest + 1)})


def test_calls_of_a_batch_can_fail_one_by_one(google, service, run):
    google.file("f1", "1.mp4", "video/mp4", b"x", readers=[STUDENT])
    google.file("f2", "2.mp4", "video/mp4", b"x", public=True, resource_key="k2")
    api = service("drive", STUDENT)
    google.fail("files/f1", "rate")
    request = api.files().get(fileId="f2")
    request.headers["X-Goog-Drive-Resource-Keys"] = "f2/k2"

    good, bad = run(api, {"f1": api.files().get(fileId="f1"), "f2": request})
    assert (list(good), bad) == (["f2"], {"f1": (429, "RATE_LIMIT_EXCEEDED")})
    assert run(api, {"f1": api.files().get(fileId="f1")})[1] == {}
