"""Signing in at the API: one door under several names, and who is let in."""

import time
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value
from django.test import Client
from django.utils import timezone

from accounts.models import ApiSession, AuditEntry, User
from accounts.services import signing_up
from accounts.tests.tokens import LOGIN, PROFILE, bearer, claims_of, post
from conftest import PASSWORD

TOKEN = "/api/v1/auth/token"
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    "name", [{"login": "ana"}, {"username": "ANA"}, {"email": "Ana@Example.org"}]
)
def test_ana_signs_in_under_any_of_her_names(anonymous, ana, name):
    answer = post(anonymous, LOGIN, **name, password=PASSWORD)
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert body.keys() == {"access_token", "refresh_token", "token_type", "expires_in", "user"}
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 1800)
    assert (body["user"]["username"], body["user"]["role"]) == ("ana", "user")
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies
    assert bearer(body["access_token"]).get(PROFILE).json()["email"] == "ana@example.org"


def test_a_sign_in_is_noted_with_where_it_came_from(ana):
    client = Client(headers={"User-Agent": "portal/2"}, REMOTE_ADDR="203.0.113.9")
    answer = post(client, LOGIN, login="ana", password=PASSWORD)
    session = ApiSession.objects.get()
    assert (session.owner, session.address, session.agent) == (ana, "203.0.113.9", "portal/2")
    assert timedelta(days=6, hours=23) < session.expires_at - timezone.now() < timedelta(days=7)
    entry = AuditEntry.objects.get(action="sign_in.succeeded")
    assert (entry.actor_id, entry.means, entry.address) == (ana.pk, "token", "203.0.113.9")
    assert answer.json()["user"]["last_login"] is not None
    kept = str([*ApiSession.objects.values(), *AuditEntry.objects.values()])
    assert answer.json()["refresh_token"] not in kept
    assert answer.json()["access_token"] not in kept


@pytest.mark.parametrize(
    "body",
    [
        {"login": "ana", "password": "wrong"},
        {"login": "nobody", "password": PASSWORD},
        {"email": "bruno", "password": PASSWORD},
    ],
)
def test_a_wrong_name_and_a_wrong_password_are_refused_alike(anonymous, ana, bruno, body):
    if body.get("email"):
        body["password"] = "wrong"
    answer = post(anonymous, LOGIN, **body)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (401, "wrong_credentials")
    assert "wrong" not in problem["detail"].lower() or "password" in problem["detail"].lower()
    assert answer["Cache-Control"] == "no-store"
    assert not ApiSession.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"password": PASSWORD},
        {"login": "ana"},
        {"login": "ana", "username": "ana", "password": PASSWORD},
        {"login": "ana", "password": PASSWORD, "remember": True},
        {"login": "ana", "password": "p" * 129},
        {"login": "ana", "password": "nul\0"},
        {"login": 7, "password": PASSWORD},
    ],
)
def test_what_is_not_a_sign_in_is_not_tried(anonymous, ana, body):
    answer = post(anonymous, LOGIN, **body)
    assert answer.status_code == 400
    assert not ApiSession.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_closed_account_gets_no_tokens(anonymous, ana):
    ana.is_active = False
    ana.save()
    answer = post(anonymous, LOGIN, login="ana", password=PASSWORD)
    assert answer.status_code == 401
    assert not ApiSession.objects.exists()


@pytest.mark.parametrize("path", [TOKEN, "/api/v1/security/token"])
def test_oauth2_asks_with_a_form(anonymous, ana, path):
    body = "grant_type=password&username=ana%40example.org&password=a+long+enough+secret&scope="
    answer = anonymous.post(path, body, FORM)
    assert answer.status_code == 200, answer.content
    assert answer.json().keys() == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (answer["Cache-Control"], answer["Pragma"]) == ("no-store", "no-cache")
    assert claims_of(answer.json()["access_token"])["sub"] == str(ana.pk)


def test_seed_004s_curl_sends_no_grant_type(anonymous, ana):
    body = "username=ana@example.org&password=a long enough secret"
    assert anonymous.post(TOKEN, body, FORM).status_code == 200


def test_oauth2_renews_at_the_same_address(anonymous, ana):
    first = post(anonymous, TOKEN, username="ana", password=PASSWORD).json()
    body = f"grant_type=refresh_token&refresh_token={first['refresh_token']}"
    second = anonymous.post(TOKEN, body, FORM)
    assert second.status_code == 200
    assert second.json()["refresh_token"] != first["refresh_token"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"grant_type=client_credentials", 400),
        (b"grant_type=refresh_token", 400),
        (b"username=ana", 400),
        (b"username=ana&username=bruno&password=x", 400),
        (b"username=ana&password=x&admin=true", 400),
        (b"username=ana&password=%ff", 401),
        (b"username=\xff&password=x", 400),
        (b"&".join(b"a%d=" % number for number in range(1100)), 400),
        (b"username=ana&password=" + b"x" * 10_001, 413),
    ],
)
def test_a_form_that_makes_no_sense_is_refused(anonymous, ana, body, status):
    answer = anonymous.post(TOKEN, body, FORM)
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert not ApiSession.objects.exists()


def test_the_other_doors_speak_json_alone(anonymous, ana):
    body = "login=ana&password=a+long+enough+secret"
    assert anonymous.post(LOGIN, body, FORM).status_code == 415
    assert not ApiSession.objects.exists()


@pytest.mark.parametrize("path", ["/api/v1/auth/register", "/api/v1/users"])
def test_nobody_registers_where_staff_make_the_accounts(anonymous, ana, path, settings):
    settings.SIGN_UP = "closed"
    answer = post(anonymous, path, email="eva@example.org", password="giz-quadro-recreio")
    assert (answer.status_code, answer.json()["code"]) == (403, "signup_closed")
    assert type(ana).objects.count() == 1


@pytest.mark.parametrize("path", ["/api/v1/auth/register", "/api/v1/users"])
def test_who_registers_opens_the_mail_first(anonymous, ana, path, settings, mailoutbox):
    settings.SIGN_UP = "open"
    given = {"email": "eva@example.org", "password": "giz-quadro-recreio", "full_name": "Eva"}
    answer = post(anonymous, path, **given)
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert (made["username"], made["email"], made["role"]) == ("eva", "eva@example.org", "user")
    assert [mail.to for mail in mailoutbox] == [["eva@example.org"]]
    early = post(anonymous, LOGIN, email="eva@example.org", password="giz-quadro-recreio")
    assert (early.status_code, early.json()["code"]) == (403, "email_not_verified")
    assert not ApiSession.objects.exists()


def test_nobody_registers_as_staff(anonymous, ana, settings):
    settings.SIGN_UP = "open"
    given = {"email": "eva@example.org", "password": "giz-quadro-recreio", "role": "admin"}
    answer = post(anonymous, "/api/v1/auth/register", **given)
    assert answer.json()["errors"] == [
        {"field": "role", "code": "unknown_field", "message": "There is no such field."}
    ]
    assert type(ana).objects.count() == 1


def test_who_has_a_second_factor_sends_its_code_too(anonymous, ana):
    secret = generate_totp_secret()
    TOTP.activate(ana, secret)
    code = f"{hotp_value(secret, int(time.time()) // 30):06}"
    given = {"login": "ana", "password": PASSWORD}
    without = post(anonymous, LOGIN, **given)
    assert (without.status_code, without.json()["code"]) == (401, "second_factor_required")
    wrong = post(anonymous, TOKEN, **given, otp="000000" if code != "000000" else "111111")
    assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_code")
    assert not ApiSession.objects.exists()
    assert post(anonymous, LOGIN, **given, otp=code).status_code == 200
    assert post(anonymous, LOGIN, **given, otp=code).json()["code"] == "wrong_code"
    assert ApiSession.objects.count() == 1


@pytest.mark.parametrize("ends", ["closed", "erased"])
def test_an_account_that_ends_while_its_password_is_checked_opens_nothing(
    anonymous, ana, monkeypatch, ends
):
    def check(user: User) -> None:
        rows = User.objects.filter(pk=user.pk)
        rows.update(is_active=False) if ends == "closed" else rows.delete()

    monkeypatch.setattr(signing_up, "check_verified", check)

    answer = post(anonymous, LOGIN, login="ana", password=PASSWORD)

    assert (answer.status_code, answer.json()["code"]) == (401, "account_closed")
    assert not ApiSession.objects.exists()
