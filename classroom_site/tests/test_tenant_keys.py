"""An API key that is bound to tenants sees and does what is theirs, and nothing else."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Credential, User
from accounts.services import api_keys
from accounts.tests.build import make_credential
from accounts.tests.tokens import bearer, post
from core.models import Status
from courses.tests.make import make_course
from downloads.models import BatchDownload, Download
from downloads.tests.build import make_download
from library.models import Video

SCOPES = [
    "courses:read", "courses:write", "credentials:read", "credentials:write",
    "downloads:read", "downloads:write", "library:read", "library:write",
]  # fmt: skip
LISTS = ("credentials", "courses", "downloads", "batch-downloads", "videos")


@pytest.fixture
def school(ana) -> dict[str, dict[str, Any]]:
    """Of two schools of Ana's the same of everything, and a download of none."""
    make_download(ana, title="of no school")
    return {tenant: _things(ana, tenant) for tenant in ("azul", "verde")}


@pytest.fixture
def client(ana, school):
    return _calling(ana, ["azul"])


def _calling(owner: User, tenant_ids: list[str]) -> Client:
    _key, secret = api_keys.create_api_key(
        by=owner, owner=owner, name="portal", scopes=SCOPES, tenant_ids=tenant_ids
    )
    return bearer(secret)


def _things(owner, tenant: str) -> dict[str, Any]:
    credential = make_credential(owner, tenant_id=tenant)
    course = make_course(credential, name=f"course {tenant}")
    download = make_download(
        owner, title=f"lesson {tenant}", credential=credential, status=Status.COMPLETED
    )
    batch = BatchDownload.objects.create(
        owner=owner, credential=credential, course=course, title=f"batch {tenant}"
    )
    Video.objects.filter(pk=download.video_id).update(title=f"video {tenant}")
    return {
        "credentials": credential.pk,
        "courses": course.pk,
        "downloads": download.pk,
        "batch-downloads": batch.pk,
        "videos": download.video_id,
    }


@pytest.mark.parametrize("noun", LISTS)
def test_a_bound_key_finds_only_what_is_its_tenants(client, school, noun):
    listed = client.get(f"/api/v1/{noun}")
    assert listed.status_code == 200, listed.content
    found = [row.get("id", row.get("job_id")) for row in listed.json()["results"]]
    assert found == [school["azul"][noun]]
    assert client.get(f"/api/v1/{noun}/{school['azul'][noun]}").status_code == 200
    hidden = client.get(f"/api/v1/{noun}/{school['verde'][noun]}")
    missing = client.get(f"/api/v1/{noun}/999999")
    assert (hidden.status_code, hidden.json()["code"]) == (404, "not_found")
    assert {**hidden.json(), "request_id": ""} == {**missing.json(), "request_id": ""}


def test_a_bound_key_changes_nothing_of_another_tenant(client, school):
    other = school["verde"]
    for answer in (
        client.delete(f"/api/v1/credentials/{other['credentials']}"),
        client.delete(f"/api/v1/downloads/{other['downloads']}?purge=true"),
        client.delete(f"/api/v1/videos/{other['videos']}"),
        post(client, f"/api/v1/batch-downloads/{other['batch-downloads']}/cancel"),
        post(client, f"/api/v1/courses/{other['courses']}/download-all"),
        post(client, "/api/v1/courses/sync", credential_id=other["credentials"]),
    ):
        assert answer.status_code == 404, answer.content
    assert Credential.objects.get(pk=other["credentials"]).status == "active"
    assert Video.objects.filter(pk=other["videos"]).exists()


@pytest.mark.parametrize("account", [None, "verde"])
def test_a_bound_key_downloads_with_an_account_of_its_tenant(client, school, account):
    link = {"url": "https://videos.example.org/new.mp4"}
    before = Download.objects.count()
    wrong = {"credential_id": school[account]["credentials"]} if account else {}
    refused = post(client, "/api/v1/downloads", **link, **wrong)
    assert refused.status_code == (404 if account else 403)
    assert Download.objects.count() == before
    right = post(client, "/api/v1/downloads", **link, credential_id=school["azul"]["credentials"])
    assert right.status_code == 201
    assert client.get(f"/api/v1/downloads/{right.json()['id']}").status_code == 200


def test_a_bound_key_connects_accounts_for_its_tenant_alone(client, settings):
    settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET = "client", "secret"
    links = "/api/v1/credentials/connect-links"
    assert post(client, links, tenant_id="azul").status_code == 201
    for tenant in ("verde", ""):
        refused = post(client, links, tenant_id=tenant)
        assert (refused.status_code, refused.json()["code"]) == (403, "bound_to_tenants")
    assert client.get(links).json()["total"] == 1


@pytest.mark.parametrize(
    "path", ["cookies", "listings", "found-videos", "subscriptions", "downloads/queue"]
)
def test_what_belongs_to_no_tenant_is_closed_to_a_bound_key(client, path):
    answer = client.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.json()["code"]) == (403, "bound_to_tenants")


@pytest.mark.parametrize("noun", LISTS[:4])
def test_a_key_bound_to_nobody_can_ask_for_one_tenant(ana, school, noun):
    client = _calling(ana, [])
    rows = client.get(f"/api/v1/{noun}?tenant_id=verde").json()["results"]
    assert [row.get("id", row.get("job_id")) for row in rows] == [school["verde"][noun]]
    assert len(client.get(f"/api/v1/{noun}").json()["results"]) >= 2


def test_the_pages_of_the_owner_show_everything(ana_client, school):
    html = ana_client.get("/downloads").content.decode()
    assert "lesson azul" in html
    assert "lesson verde" in html
