"""What holds for every route at once: scopes that were forgotten, and forms of other sites."""

from django.test import Client

from classroom_site.tests.permissions.stage import BACKEND
from downloads.api.views import DownloadsView
from downloads.models import Download
from downloads.tests.build import make_download

BODY = '{"url": "https://example.org/a.mp4"}'


def test_a_method_without_a_scope_is_closed_to_keys(integrator, monkeypatch):
    monkeypatch.setattr(DownloadsView, "scopes", {})

    answer = integrator.get("/api/v1/downloads")

    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")


def browser_of(user) -> Client:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user, backend=BACKEND)
    return browser


def test_a_browser_changes_nothing_without_its_csrf_token(ana):
    download = make_download(ana, status="failed")
    browser = browser_of(ana)

    for method, path in (
        ("POST", "/api/v1/downloads"),
        ("DELETE", f"/api/v1/downloads/{download.pk}"),
        ("POST", f"/api/v1/downloads/{download.pk}/retry"),
    ):
        answer = browser.generic(method, path, BODY, "application/json")
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")

    assert browser.get("/api/v1/downloads").status_code == 200
    assert Download.objects.get().status == "failed"


def test_with_the_token_it_does_and_from_another_site_it_does_not(ana):
    download = make_download(ana, status="failed")
    browser = browser_of(ana)
    browser.cookies["csrftoken"] = token = "a" * 32
    path, headers = f"/api/v1/downloads/{download.pk}/retry", {"X-CSRFToken": token}

    evil = {**headers, "Origin": "https://evil.example"}
    assert browser.generic("POST", path, headers=evil).status_code == 403
    assert Download.objects.get().status == "failed"

    assert browser.generic("POST", path, headers=headers).status_code == 200
    assert Download.objects.get().status == "queued"
