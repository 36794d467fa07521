"""Who may do what through the API: every operation, every actor; an unlisted one fails."""

from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator

from accounts.scopes import SCOPES
from accounts.services import api_keys
from core.models import IdempotencyKey
from downloads.models import Download
from downloads.tests.build import make_download
from library.models import Video

# What a request ends in for: nobody · Bruno · Ana · staff · a key of Ana's with the scope
# · her key with every other scope. `new` stands for a thing of Ana's made for this request.
TABLE: dict[tuple[str, str], tuple[str, tuple[int, int, int, int, int, int]]] = {
    ("GET", "/api/v1/downloads"): ("downloads:read", (401, 200, 200, 200, 200, 403)),
    ("POST", "/api/v1/downloads"): ("downloads:write", (401, 201, 201, 201, 201, 403)),
    ("GET", "/api/v1/downloads/{download_id}"): (
        "downloads:read",
        (401, 404, 200, 200, 200, 403),
    ),
    ("DELETE", "/api/v1/downloads/{download_id}"): (
        "downloads:write",
        (401, 404, 204, 204, 204, 403),
    ),
    ("POST", "/api/v1/downloads/{download_id}/retry"): (
        "downloads:write",
        (401, 404, 200, 200, 200, 403),
    ),
    ("GET", "/api/v1/videos"): ("library:read", (401, 200, 200, 200, 200, 403)),
    ("GET", "/api/v1/videos/{video_id}"): ("library:read", (401, 404, 200, 200, 200, 403)),
    ("DELETE", "/api/v1/videos/{video_id}"): (
        "library:write",
        (401, 404, 204, 204, 204, 403),
    ),
    ("GET", "/api/v1/videos/{video_id}/file"): (
        "library:read",
        (401, 404, 200, 200, 200, 403),
    ),
    ("GET", "/health/live"): ("", (200, 200, 200, 200, 200, 200)),
}
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
            _key, secret = api_keys.create_api_key(by=ana, owner=ana, name="x", scopes=scopes)
            client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
        return client

    return act_as


@pytest.mark.parametrize(("method", "path", "scope", "actor", "code"), CASES)
def test_each_actor_gets_what_the_table_says(actors, ana, method, path, scope, actor, code):
    status = "failed" if "download_id" in path else "completed"
    download = make_download(ana, status=status)
    target = path.replace("{download_id}", str(download.pk))
    target = target.replace("{video_id}", str(download.video_id))
    client = actors(actor, scope)
    before = list(Download.objects.values()), list(Video.objects.values())
    body = '{"url": "https://example.org/a.mp4"}' if target == "/api/v1/downloads" else ""
    answer = client.generic(method, target, body, "application/json")
    assert answer.status_code == code
    if code >= 400:
        assert (list(Download.objects.values()), list(Video.objects.values())) == before
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
    undescribed = {"schema", "api-docs", "api-redoc", None}
    resolver = get_resolver("classroom_site.api_urls")
    addresses = [
        (str(entry.pattern) + str(inner.pattern), inner.name)
        for entry in resolver.url_patterns
        for inner in getattr(entry, "url_patterns", [entry])
    ]
    described = {path for _method, path in operations()}
    for route, name in addresses:
        path = "/" + route.replace("<int:", "{").replace(">", "}")
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
