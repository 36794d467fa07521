"""Who may do what through the API: every operation, every actor; an unlisted one fails."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator

from accounts.google.endpoints import endpoints
from accounts.models import ConnectLink, Credential
from accounts.scopes import SCOPES
from accounts.services import api_keys
from accounts.tests.build import make_connect_link, make_credential
from core.models import IdempotencyKey
from core.tests.permissions import BODIES, TABLE
from courses.models import Course
from courses.tests.make import make_course, make_coursework, make_sync
from downloads.models import BatchDownload, BatchItem, CleaningRun, Download
from downloads.tests.build import make_download, make_jar, make_listing
from downloads.tests.watch import make_found, make_subscription
from library.models import Video

ACTORS = ("nobody", "bruno", "ana", "clara", "key", "wrong key")
CASES = [
    pytest.param(*operation, scope, actor, code, id=f"{' '.join(operation)} {actor}")
    for operation, (scope, codes) in TABLE.items()
    for actor, code in zip(ACTORS, codes, strict=True)
]


def operations() -> dict[tuple[str, str], dict[str, Any]]:
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    return {
        (method.upper(), path): operation
        for path, methods in paths.items()
        for method, operation in methods.items()
    }


@pytest.fixture
def actors(ana, bruno, clara):
    def act_as(actor: str, scope: str) -> Client:
        client = Client()
        if people := {"ana": ana, "bruno": bruno, "clara": clara}.get(actor):
            client.force_login(people, backend="django.contrib.auth.backends.ModelBackend")
        elif actor != "nobody":
            others = [name for name in SCOPES if name not in {scope, "admin"}]
            scopes = [scope or "downloads:read"] if actor == "key" else others
            owner = clara if "admin" in scopes else ana  # only staff can give that one
            _key, secret = api_keys.create_api_key(by=owner, owner=owner, name="x", scopes=scopes)
            client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
        return client

    return act_as


@pytest.fixture
def google_away(settings):
    """A site that has a Google client, while Google does not answer."""
    settings.GOOGLE_CLIENT_ID = settings.GOOGLE_CLIENT_SECRET = "x"
    settings.GOOGLE = endpoints("http://127.0.0.1:9")


def make_batch(download: Download, course: Course) -> BatchDownload:
    batch = BatchDownload.objects.create(owner=download.owner, course=course, title="Math")
    BatchItem.objects.create(batch=batch, download=download)
    return batch


def everything() -> list[list[Any]]:
    """What a refusal must leave as it was."""
    rows = [
        model.objects.order_by("pk")
        for model in (Download, Video, ConnectLink, BatchDownload, CleaningRun)
    ]
    accounts = Credential.objects.order_by("pk").values("status", "granted_scopes")
    return [*(list(one.values()) for one in rows), list(accounts)]


@pytest.mark.usefixtures("google_away")
@pytest.mark.parametrize(("method", "path", "scope", "actor", "code"), CASES)
def test_each_actor_gets_what_the_table_says(actors, ana, method, path, scope, actor, code):
    status = "failed" if "download_id" in path else "completed"
    download = make_download(ana, status=status)
    account = make_credential(ana)
    course = make_course(account)
    target = path.format(
        download_id=download.pk,
        video_id=download.video_id,
        credential_id=account.pk,
        link_id=make_connect_link(ana).pk,
        course_id=course.pk,
        coursework_id=make_coursework(course).pk,
        sync_id=make_sync(account).pk if "syncs" in path else 0,
        job_id=make_batch(download, course).pk,
        subscription_id=(watched := make_subscription(ana)).pk,
        found_id=make_found(watched, found_by="user").pk,
        listing_id=make_listing(ana).pk,
        jar_id=make_jar(ana).pk,
        cleaning_id=CleaningRun.objects.create(task="records").pk,
    )
    client = actors(actor, scope)
    before = everything()
    answer = client.generic(method, target, BODIES.get(path, ""), "application/json")
    assert answer.status_code == code
    if code >= 400:
        assert everything() == before
        assert not IdempotencyKey.objects.exists()
    if actor == "wrong key" and code == 403:
        assert answer.json()["code"] == "insufficient_scope"
        assert scope in answer.json()["detail"]


def test_every_operation_is_in_the_table_and_names_its_scope(db):
    described = operations()
    assert described.keys() == TABLE.keys()
    for operation, (scope, _codes) in TABLE.items():
        told = described[operation]
        if scope:
            assert f"Scope: `{scope}`." in told["description"]
            assert told["security"] == [{"apiKey": [scope]}, {"session": []}]
        else:
            assert "Open to everybody." in told["description"]


def test_every_address_under_api_is_described_or_known_to_be_documentation(db):
    undescribed = {"schema", "api-docs", "api-redoc", "health", "ready", "metrics", None}
    resolver = get_resolver("classroom_site.api_urls")
    addresses = [
        (str(entry.pattern) + str(inner.pattern), inner.name)
        for entry in resolver.url_patterns
        for inner in getattr(entry, "url_patterns", [entry])
    ]
    described = {path for _method, path in operations()}
    for route, name in addresses:
        path = "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", route)
        assert path in described or name in undescribed, route


def test_a_method_without_a_scope_is_closed_to_keys(integrator, monkeypatch):
    from downloads.api.views import DownloadsView

    monkeypatch.setattr(DownloadsView, "scopes", {})
    answer = integrator.get("/api/v1/downloads")
    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")


def test_a_deactivated_teacher_is_nobody(ana, ana_client):
    ana.is_active = False
    ana.save()
    assert ana_client.get("/api/v1/downloads").status_code == 401


def test_a_browser_changes_nothing_without_its_csrf_token(ana):
    download = make_download(ana, status="failed")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    for method, path in (
        ("POST", "/api/v1/downloads"),
        ("DELETE", f"/api/v1/downloads/{download.pk}"),
        ("POST", f"/api/v1/downloads/{download.pk}/retry"),
    ):
        body = '{"url": "https://example.org/a.mp4"}'
        answer = browser.generic(method, path, body, "application/json")
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
    assert browser.get("/api/v1/downloads").status_code == 200
    assert Download.objects.get().status == "failed"
    browser.cookies["csrftoken"] = token = "a" * 32
    path = f"/api/v1/downloads/{download.pk}/retry"
    headers = {"X-CSRFToken": token}
    assert browser.generic("POST", path, headers=headers).status_code == 200
    evil = {**headers, "Origin": "https://evil.example"}
    assert browser.generic("POST", path, headers=evil).status_code == 403
