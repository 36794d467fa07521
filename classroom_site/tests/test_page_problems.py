"""What people see where something is missing, forbidden or broken; and what every page carries."""

import json

import pytest
from django.urls import reverse

from downloads.selectors import downloads, queue

pytestmark = pytest.mark.django_db

POLICY = {
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}


def policy(answer):
    return set(answer["Content-Security-Policy"].split("; "))


@pytest.mark.parametrize(
    "address", ["/", "/downloads", "/library", "/profile", "/nothing", "/accounts/login/"]
)
def test_every_page_has_the_strict_policy(ana_client, address):
    answer = ana_client.get(address, follow=True)

    assert policy(answer) == POLICY
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


def test_going_back_after_signing_out_shows_nothing(ana_client):
    assert ana_client.get("/library")["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("address", ["/", "/downloads", "/library", "/profile"])
def test_every_page_can_be_skipped_into_and_says_its_name_and_language(ana_client, address):
    page = " ".join(ana_client.get(address).content.decode().split())

    assert '<html lang="en"' in page
    assert '<a class="skip" href="#main">' in page
    assert '<main id="main"' in page
    assert page.count("<h1") == 1
    assert page.count('aria-current="page"') >= 1
    assert "· Classroom Downloader </title>" in page
    assert 'role="status" aria-live="polite"' in page


def test_a_visitor_at_a_wrong_address_finds_a_way_on(anonymous):
    answer = anonymous.get("/nothing<script>")

    page = answer.content.decode()
    assert answer.status_code == 404
    assert "There is nothing here" in page
    assert answer["X-Request-ID"] in page
    assert "<script>" not in page.partition("</head>")[2].replace("<script src", "")


def test_a_teacher_at_a_wrong_address_keeps_the_navigation(ana_client):
    page = ana_client.get("/nothing").content.decode()

    assert 'class="side"' in page
    assert "There is nothing here" in page


def test_a_wrong_address_of_the_api_is_a_problem_and_no_page(ana_client):
    answer = ana_client.get("/api/nothing")

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_a_crash_is_an_apology_with_a_reference(ana_client, monkeypatch):
    def crash(**_):
        raise RuntimeError("the secret reason")

    monkeypatch.setattr(queue, "counts", crash)
    ana_client.raise_request_exception = False

    answer = ana_client.get("/")

    page = answer.content.decode()
    assert answer.status_code == 500
    assert "Something broke on our side" in page
    assert answer["X-Request-ID"] in page
    assert "secret reason" not in page
    assert policy(answer) == POLICY


def test_a_crash_of_the_api_is_a_problem_and_no_page(ana_client, monkeypatch):
    def crash(**_):
        raise RuntimeError("the secret reason")

    monkeypatch.setattr(downloads, "list_downloads", crash)
    ana_client.raise_request_exception = False

    answer = ana_client.get("/api/v1/downloads")

    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert b"secret reason" not in answer.content


def test_a_host_we_do_not_serve_gets_a_plain_refusal(anonymous):
    answer = anonymous.get("/", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert "That did not arrive as it should" in answer.content.decode()


def test_too_many_attempts_to_sign_in_are_told_to_wait(anonymous, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    address = reverse("account_login")
    anonymous.post(address, {"login": "x", "password": "y"})

    answer = anonymous.post(address, {"login": "x", "password": "y"})

    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert "That was a lot at once" in answer.content.decode()


def test_the_parts_are_shown_to_staff_alone(ana_client, clara_client):
    assert ana_client.get("/style").status_code == 404
    assert clara_client.get("/style").status_code == 200


def test_the_site_can_be_installed(anonymous):
    answer = anonymous.get("/manifest.webmanifest", headers={"Accept-Language": "en"})

    manifest = json.loads(answer.content)
    assert answer["Content-Type"] == "application/manifest+json"
    assert (manifest["start_url"], manifest["display"], manifest["lang"]) == (
        "/",
        "standalone",
        "en",
    )
    assert manifest["icons"][1]["src"] == "/static/img/icon-192.png"


def test_a_browser_finds_the_icon_by_itself(anonymous):
    assert anonymous.get("/favicon.ico")["Location"] == "/static/img/favicon.svg"
