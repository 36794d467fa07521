"""Whose downloads: another teacher finds nothing, staff find everybody's."""

import pytest

from downloads.models import Download
from downloads.tests.build import make_download

URL = "/api/v1/downloads"
LINK = "https://videos.example.org/aula.mp4"


def queue(client, **body):
    return client.post(URL, {"url": LINK, **body}, "application/json")


def retry(client, download):
    return client.generic("POST", f"{URL}/{download.pk}/retry")


@pytest.mark.parametrize("method", ["get", "delete"])
@pytest.mark.parametrize("status", ["queued", "running", "completed", "failed"])
def test_another_teachers_download_is_like_one_that_never_was(bruno_client, ana, method, status):
    download = make_download(ana, status=status)
    before = Download.objects.values().get()
    foreign = getattr(bruno_client, method)(f"{URL}/{download.pk}")
    missing = getattr(bruno_client, method)(f"{URL}/{download.pk + 1000}")
    assert foreign.status_code == missing.status_code == 404
    assert {**foreign.json(), "request_id": ""} == {**missing.json(), "request_id": ""}
    assert Download.objects.values().get() == before


def test_another_teacher_neither_retries_nor_lists_it(bruno_client, ana):
    download = make_download(ana, status="failed", title="Segredo")
    assert retry(bruno_client, download).status_code == 404
    answer = bruno_client.get(f"{URL}?search=segredo")
    assert answer.json() == {
        "results": [],
        "total": 0,
        "limit": 50,
        "offset": 0,
        "next_cursor": None,
    }
    download.refresh_from_db()
    assert download.status == "failed"


def test_staff_see_and_manage_everybodys(clara_client, ana):
    download = make_download(ana, status="failed")
    found = clara_client.get(URL).json()["results"]
    assert [one["id"] for one in found] == [download.pk]
    assert retry(clara_client, download).status_code == 200
    assert clara_client.delete(f"{URL}/{download.pk}").status_code == 204
    download.refresh_from_db()
    assert (download.status, download.owner) == ("cancelled", ana)
