"""What Google answers is taken as it should be, or not at all."""

from typing import Any

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user
from django.urls import reverse

from accounts.google import http
from accounts.google.errors import GoogleError, Reason, of_answer
from accounts.google.oauth import Grant, google_id, line, read_grant, scopes_in
from accounts.tests.browsing import ANA

DEEP = "[" * 100_000


@pytest.mark.parametrize("token", [None, "", 7, ["x"], {"x": 1}])
def test_what_is_no_token_is_no_grant(token: Any) -> None:
    with pytest.raises(GoogleError) as refused:
        read_grant({"access_token": token})
    assert refused.value.reason == Reason.UPSTREAM


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        (None, 3600),
        ("x", 3600),
        ([], 3600),
        (float("inf"), 3600),
        (-5, 3600),
        ("1800", 1800),
        (10**400, 86_400),
    ],
)
def test_a_lifetime_is_one_or_an_hour(told: Any, seconds: int) -> None:
    grant = read_grant({"access_token": "x", "expires_in": told, "refresh_token": {}, "scope": 1})
    assert grant == Grant("x", "", seconds, ())


@pytest.mark.parametrize("told", [None, 7, "", "../1", "x" * 65, "1\x00", ["1"]])
def test_what_is_no_id_is_nobody(told: Any) -> None:
    assert google_id(told) == ""


def test_texts_are_cut_to_what_the_database_takes() -> None:
    assert line("Ana\x00\r\n\ud800 Lima") == "Ana ? Lima"
    assert len(line("x" * 1000)) == 255
    assert line({"x": 1}) == ""
    assert scopes_in("openid\x00 email") == ("openid", "email")


@pytest.mark.parametrize(
    "body", [DEEP, b"\xff", "[]", '{"error": []}', '{"error": {"details": 5}}']
)
def test_a_refusal_may_be_anything(body: str | bytes) -> None:
    assert of_answer(403, body, {"Retry-After": "soon"}).reason == Reason.NO_ACCESS
    assert of_answer(500, '{"error": {"message": "a\\u0000b"}}', {}).detail == "ab"


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "x" * 65},
        {"sub": 12345},
        {"email": ["ana@escola.example"]},
        {"email": f"{'x' * 400}@escola.example"},
        {"hd": {"escola.example": 1}},
    ],
)
@pytest.mark.django_db
def test_who_it_is_has_to_be_said_properly(
    ana, anonymous, browser, google, claims, monkeypatch
) -> None:
    """The school's Google vouches for the address of an account here; but not like this."""
    ana.email = ANA
    ana.save()
    user = google.known(ANA)
    told = user.claims() | claims
    monkeypatch.setattr(type(user), "claims", lambda _: told)

    answer = browser(anonymous).sign_in()
    assert answer.status_code in {302, 403}
    assert answer.headers.get("Location", reverse("account_login")) == reverse("account_login")
    assert get_user(anonymous).is_anonymous


@pytest.mark.django_db
def test_of_what_google_says_of_a_person_only_what_is_needed_is_kept(
    ana, anonymous, browser, google
) -> None:
    ana.email = ANA
    ana.save()
    browser(anonymous).sign_in()
    names = {"sub", "email", "email_verified", "name", "given_name", "family_name", "hd"}
    assert set(SocialAccount.objects.get().extra_data) <= names


@pytest.mark.django_db
def test_an_answer_without_end_is_given_up(google, monkeypatch) -> None:
    monkeypatch.setattr(http, "MOST_BYTES", 1 << 20)
    with (
        http.session(proxy="", ca_file="") as session,
        pytest.raises(requests.exceptions.ContentDecodingError),
    ):
        session.get(f"{google.origin}/bad/endlesspage/x.mp4", timeout=5)
