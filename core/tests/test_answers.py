"""What every answer carries: policies, fewer bytes, and for the API an ETag."""

import gzip

import pytest
from django.test import Client

from conftest import received
from downloads.tests.build import make_download

URL = "/api/v1/downloads"
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/accounts/login/", 200),
        ("/nothing", 404),
        ("/", 302),
        ("/admin/", 302),
        (URL, 401),
        ("/api/v1/nothing", 404),
        ("/api/schema", 200),
        ("/health/live", 200),
        ("/metrics", 401),
        ("/.env", 404),
        ("/media/../settings.py", 404),
        ("/static/%2e%2e/manage.py", 404),
        ("/manifest.webmanifest", 200),
    ],
)
def test_every_answer_carries_the_policies_for_browsers(anonymous, db, path, status):
    answer = anonymous.get(path)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in SAFE} == SAFE
    assert "camera=()" in answer["Permissions-Policy"]
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy


def test_a_failure_carries_them_too(ana_client, monkeypatch):
    def broken(_user):
        raise RuntimeError("no language")

    monkeypatch.setattr("accounts.models.User.language", property(broken, lambda *_: None))
    ana_client.raise_request_exception = False
    for path in ("/", URL):
        answer = ana_client.get(path)
        assert answer.status_code == 500
        assert {name: answer.headers.get(name) for name in SAFE} == SAFE
        assert "default-src 'self'" in answer["Content-Security-Policy"]
        assert "no language" not in answer.content.decode()


def test_a_file_of_ours_carries_them_too(db, settings):
    (settings.STATIC_ROOT / "a.js").write_text("1")
    settings.WHITENOISE_AUTOREFRESH = True
    answer = Client().get("/static/a.js")
    assert (answer.status_code, received(answer)) == (200, b"1")
    answer.close()
    assert {name: answer.headers.get(name) for name in SAFE} == SAFE
    assert "default-src 'self'" in answer["Content-Security-Policy"]


def test_who_has_the_answer_already_is_spared_it(integrator, ana):
    download = make_download(ana)
    first = integrator.get(URL)
    assert first["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Cookie"} <= set(first["Vary"].split(", "))
    again = integrator.get(URL, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    download.delete()
    changed = integrator.get(URL, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200


def test_refusals_and_changes_have_no_etag(integrator, anonymous):
    assert "ETag" not in anonymous.get(URL)
    made = integrator.post(URL, {"url": "https://example.org/a.mp4"}, "application/json")
    assert (made.status_code, "ETag" in made) == (201, False)


def test_long_answers_come_compressed_to_those_who_can_read_them(integrator, ana):
    for _ in range(5):
        make_download(ana)
    plain = integrator.get(URL)
    packed = integrator.get(URL, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content) / 3
    assert packed["ETag"] == f"W/{plain['ETag']}"
    again = integrator.get(
        URL, headers={"Accept-Encoding": "gzip", "If-None-Match": packed["ETag"]}
    )
    assert again.status_code == 304


def test_pages_are_compressed_and_never_kept(ana_client):
    page = ana_client.get("/", headers={"Accept-Encoding": "gzip"})
    assert page["Content-Encoding"] == "gzip"
    assert page["Cache-Control"] == "private, no-store"
    assert "ETag" not in page


def test_no_site_elsewhere_may_read_the_api_unless_it_is_listed(integrator, settings):
    origin = {"Origin": "https://portal.example"}
    assert "Access-Control-Allow-Origin" not in integrator.get(URL, headers=origin)
    settings.CORS_ALLOWED_ORIGINS = ["https://portal.example"]
    told = integrator.get(URL, headers=origin)
    assert told["Access-Control-Allow-Origin"] == "https://portal.example"
    assert "Access-Control-Allow-Credentials" not in told
    assert "ratelimit-remaining" in told["Access-Control-Expose-Headers"]
    for evil in ("https://portal.example.evil", "http://portal.example", "null"):
        answer = integrator.get(URL, headers={"Origin": evil})
        assert "Access-Control-Allow-Origin" not in answer
    assert "Access-Control-Allow-Origin" not in integrator.get("/accounts/login/", headers=origin)


def test_a_listed_site_may_ask_what_it_may_send(anonymous, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://portal.example"]
    asked = {
        "Origin": "https://portal.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, idempotency-key",
    }
    answer = anonymous.options(URL, headers=asked)
    assert answer.status_code == 200
    assert "idempotency-key" in answer["Access-Control-Allow-Headers"]
    assert "authorization" in answer["Access-Control-Allow-Headers"]
    other = anonymous.options(URL, headers={**asked, "Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in other
