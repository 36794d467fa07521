"""The kit for tokens: forged, expired, of the wrong kind, used twice, after sign-out."""

import time
import uuid
from datetime import timedelta

import jwt
import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import ApiSession, AuditEntry
from accounts.tests.tokens import (
    LOGOUT,
    PROFILE,
    bearer,
    claims_of,
    post,
    refresh,
    signed,
    tokens_of,
)
from conftest import PASSWORD

WAYS_TO_FORGE = {
    "another key": lambda claims: signed(claims, key="x" * 32),
    "no signature": lambda claims: jwt.encode(claims, None, algorithm="none"),
    "another algorithm": lambda claims: signed(claims, algorithm="HS512"),
    "a key it brings along": lambda claims: signed(
        claims, key="x" * 32, headers={"jku": "https://evil.example/keys", "kid": "../../dev/null"}
    ),
    "another audience": lambda claims: signed({**claims, "aud": "another"}),
    "another issuer": lambda claims: signed({**claims, "iss": "another"}),
    "not yet good": lambda claims: signed({**claims, "nbf": int(time.time()) + 60}),
    "issued in the future": lambda claims: signed({**claims, "iat": int(time.time()) + 60}),
    "expired": lambda claims: signed({**claims, "exp": int(time.time()) - 6}),
    "without an end": lambda claims: signed({k: v for k, v in claims.items() if k != "exp"}),
    "without a kind": lambda claims: signed({k: v for k, v in claims.items() if k != "typ"}),
    "another kind": lambda claims: signed({**claims, "typ": "refresh"}),
    "another person": lambda claims: signed({**claims, "sub": str(int(claims["sub"]) + 1)}),
    "nobody": lambda claims: signed({**claims, "sub": "ana"}),
    "another session": lambda claims: signed({**claims, "sid": str(uuid.uuid4())}),
    "no session": lambda claims: signed({**claims, "sid": "1"}),
    "a list": lambda claims: signed({**claims, "sid": str([1])}),
}


@pytest.mark.parametrize("way", WAYS_TO_FORGE)
def test_a_forged_access_token_opens_nothing(ana, bruno, way):
    tokens = tokens_of(ana)
    forged = WAYS_TO_FORGE[way](claims_of(tokens.access))
    answer = bearer(forged).get(PROFILE)
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
    assert answer["WWW-Authenticate"] == 'Bearer realm="Classroom Downloader"'
    assert bearer(tokens.access).get(PROFILE).status_code == 200


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "a.b.c",
        "....",
        "eyJhbGciOiJub25lIn0..",
        "x" * 3000,
        "é",
        "\x01",
        '{"a":1}',
        "a.b.c.d.e",
    ],
)
def test_what_is_no_token_is_refused(ana, token):
    assert bearer(token).get(PROFILE).status_code == 401
    assert refresh(token).status_code in {400, 401}


def test_changed_claims_break_the_signature(ana, bruno):
    head, body, signature = tokens_of(ana).access.split(".")
    stolen = tokens_of(bruno).access.split(".")[1]
    assert bearer(f"{head}.{stolen}.{signature}").get(PROFILE).status_code == 401
    assert bearer(f"{head}.{body}.{signature}").get(PROFILE).json()["username"] == "ana"


def test_neither_kind_of_token_passes_for_the_other(ana):
    tokens = tokens_of(ana)
    assert bearer(tokens.refresh).get(PROFILE).status_code == 401
    answer = refresh(tokens.access)
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
    assert ApiSession.objects.get().revoked_at is None


def test_an_access_token_ends_after_half_an_hour_and_a_refresh_token_after_a_week(ana):
    tokens = tokens_of(ana)
    start = timezone.now()
    with time_machine.travel(start + timedelta(minutes=29, seconds=50)):
        assert bearer(tokens.access).get(PROFILE).status_code == 200
    with time_machine.travel(start + timedelta(minutes=30, seconds=6)):
        assert bearer(tokens.access).get(PROFILE).status_code == 401
    with time_machine.travel(start + timedelta(days=7, seconds=6)):
        assert refresh(tokens.refresh).status_code == 401


def test_renewing_goes_on_for_ninety_days_and_no_longer(ana):
    start = timezone.now()
    token = tokens_of(ana).refresh
    for day in range(6, 90, 6):
        with time_machine.travel(start + timedelta(days=day), tick=False):
            answer = refresh(token)
            assert answer.status_code == 200, day
            token = answer.json()["refresh_token"]
    with time_machine.travel(start + timedelta(days=90, seconds=1), tick=False):
        assert refresh(token).status_code == 401


def test_a_refresh_token_is_good_once(ana):
    first = tokens_of(ana)
    with time_machine.travel(timezone.now() + timedelta(seconds=1)):
        second = refresh(first.refresh).json()
    assert bearer(second["access_token"]).get(PROFILE).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(seconds=12)):
        again = refresh(first.refresh)
        assert (again.status_code, again.json()["code"]) == (401, "token_reused")
        assert refresh(second["refresh_token"]).json()["code"] == "invalid_token"
        assert bearer(second["access_token"]).get(PROFILE).status_code == 401
        assert bearer(first.access).get(PROFILE).status_code == 401
    session = ApiSession.objects.get()
    assert session.revoked_for == "token_reused"
    entry = AuditEntry.objects.get(action="token.reused")
    assert (entry.target_id, entry.owner_id, entry.actor_id) == (str(session.pk), ana.pk, None)


def test_two_tabs_that_renew_at_once_are_no_thieves(ana):
    first = tokens_of(ana)
    second = refresh(first.refresh).json()
    again = refresh(first.refresh)
    assert (again.status_code, again.json()["code"]) == (401, "token_superseded")
    assert refresh(second["refresh_token"]).status_code == 200
    assert not AuditEntry.objects.filter(action="token.reused").exists()


def test_a_token_from_before_the_last_but_one_ends_the_session_at_once(ana):
    first = tokens_of(ana)
    third = refresh(refresh(first.refresh).json()["refresh_token"]).json()
    assert refresh(first.refresh).json()["code"] == "token_reused"
    assert refresh(third["refresh_token"]).json()["code"] == "invalid_token"


def test_one_sign_in_reused_leaves_the_others(ana, bruno):
    stolen, other, brunos = tokens_of(ana), tokens_of(ana), tokens_of(bruno)
    with time_machine.travel(timezone.now() + timedelta(seconds=1)):
        refresh(stolen.refresh)
    with time_machine.travel(timezone.now() + timedelta(seconds=12)):
        assert refresh(stolen.refresh).json()["code"] == "token_reused"
        assert refresh(other.refresh).status_code == 200
        assert refresh(brunos.refresh).status_code == 200


@pytest.mark.parametrize("with_body", [True, False])
def test_signing_out_ends_both_tokens(ana, with_body):
    tokens = tokens_of(ana)
    client = Client() if with_body else bearer(tokens.access)
    body = {"refresh_token": tokens.refresh} if with_body else {}
    assert post(client, LOGOUT, **body).status_code == 204
    assert bearer(tokens.access).get(PROFILE).status_code == 401
    assert refresh(tokens.refresh).json()["code"] == "invalid_token"
    assert AuditEntry.objects.filter(action="sign_in.ended", actor_id=ana.pk).count() == 1


def test_signing_out_needs_something_to_sign_out_with(ana, integrator_key):
    tokens = tokens_of(ana)
    assert post(Client(), LOGOUT).status_code == 401
    assert post(bearer("x"), LOGOUT).status_code == 401
    assert post(bearer(integrator_key), LOGOUT).status_code == 401
    assert post(Client(), LOGOUT, refresh_token="x").status_code == 204  # it is good for nothing
    assert bearer(tokens.access).get(PROFILE).status_code == 200


def test_a_new_password_ends_every_token(ana):
    tokens = tokens_of(ana)
    ana.set_password("lousa-caderno-mochila")
    ana.save()
    assert bearer(tokens.access).get(PROFILE).status_code == 401
    assert refresh(tokens.refresh).status_code == 401


def test_a_closed_account_ends_every_token(ana):
    tokens = tokens_of(ana)
    ana.is_active = False
    ana.save()
    assert bearer(tokens.access).get(PROFILE).status_code == 401
    assert refresh(tokens.refresh).status_code == 401


def test_a_token_is_bound_by_the_role_of_the_moment(clara):
    client = bearer(tokens_of(clara).access)
    assert client.get("/api/v1/auth/users").status_code == 200
    type(clara).objects.update(role="user", is_superuser=False, is_staff=False)
    assert client.get("/api/v1/auth/users").status_code == 403


def test_a_token_needs_no_csrf_and_ignores_a_browsers_session(ana, bruno):
    client = bearer(tokens_of(ana).access, enforce_csrf_checks=True)
    client.force_login(bruno, backend="django.contrib.auth.backends.ModelBackend")
    url = {"url": "https://example.org/a.mp4"}
    assert post(client, "/api/v1/downloads", **url).status_code == 201
    assert (ana.downloads.count(), bruno.downloads.count()) == (1, 0)


def test_an_access_costs_one_query_and_notes_its_use_once_a_minute(ana, django_assert_num_queries):
    tokens = tokens_of(ana)
    start = ApiSession.objects.get().last_used_at
    with django_assert_num_queries(2):  # the session, and how many downloads there are
        bearer(tokens.access).get("/api/v1/downloads")
    assert ApiSession.objects.get().last_used_at == start
    with time_machine.travel(start + timedelta(seconds=61), tick=False):
        bearer(tokens.access).get("/api/v1/downloads")
    assert ApiSession.objects.get().last_used_at == start + timedelta(seconds=61)


def test_the_password_is_not_in_the_token(ana):
    tokens = tokens_of(ana)
    for token in (tokens.access, tokens.refresh):
        assert claims_of(token).keys() == {
            "iss", "aud", "typ", "sub", "sid", "jti", "iat", "nbf", "exp",
        }  # fmt: skip
    assert PASSWORD not in tokens.access
