"""A Google account brought along by its refresh token."""

import logging

import pytest
from django.db import connection
from django.test import Client

from accounts.google.scopes import Bundle, to_ask_for
from accounts.models import Credential
from accounts.services import api_keys, credentials

IMPORT = "/api/v1/credentials/import"
EMAIL = "ana@escola.example"


@pytest.fixture
def portal(ana) -> Client:
    scopes = ["credentials:read", "credentials:write"]
    _key, secret = api_keys.create_api_key(by=ana, owner=ana, name="portal", scopes=scopes)
    return Client(headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def token(google) -> str:
    google.user(EMAIL, "Ana Lima", hd="escola.example")
    return google.new_refresh(EMAIL, to_ask_for([Bundle.CLASSROOM, Bundle.DRIVE]))


def post(client: Client, **body):
    return client.post(IMPORT, body, "application/json")


def test_a_refresh_token_connects_the_account_google_says_it_is(google, portal, token, ana):
    answer = post(portal, tenant_id="azul", refresh_token=token)

    credential = Credential.objects.get()
    assert answer.status_code == 201
    told = answer.json()
    assert (told["id"], told["email"], told["tenant_id"]) == (credential.pk, EMAIL, "azul")
    assert told["capabilities"][-1] == "drive_read"
    assert (credential.owner, credential.google_sub) == (ana, google.users[EMAIL].sub)
    assert credential.secrets["refresh_token"] == token


def test_the_token_is_in_no_answer_and_in_no_log(google, portal, token, caplog):
    caplog.set_level(logging.DEBUG)

    answers = [
        post(portal, refresh_token=token),
        post(portal, refresh_token=token, tenant=1),
        post(portal, refresh_token=token + "x"),
        portal.get("/api/v1/credentials"),
    ]

    assert [answer.status_code for answer in answers] == [201, 400, 400, 200]
    said = caplog.text + "".join(answer.content.decode() for answer in answers)
    for secret in google.tokens():
        assert secret not in said


def test_importing_again_replaces_and_another_tenant_is_another_account(portal, token):
    first = post(portal, tenant_id="azul", refresh_token=token).json()["id"]

    assert post(portal, tenant_id="azul", refresh_token=token).json()["id"] == first
    assert post(portal, tenant_id="verde", refresh_token=token).json()["id"] != first
    assert Credential.objects.count() == 2


def test_a_token_google_does_not_know_connects_nothing(google, portal):
    answer = post(portal, refresh_token="1//unknown")

    assert (answer.status_code, answer.json()["code"]) == (400, "refresh_token_refused")
    assert not Credential.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "refresh_token"),
        ({"refresh_token": ""}, "refresh_token"),
        ({"refresh_token": 7}, "refresh_token"),
        ({"refresh_token": "1//x" * 600}, "refresh_token"),
        ({"refresh_token": "1//x", "tenant_id": "a" * 256}, "tenant_id"),
        ({"refresh_token": "1//x", "owner": 1}, "owner"),
    ],
)
def test_what_is_no_import_is_refused_before_google_hears_of_it(google, portal, body, field):
    answer = post(portal, **body)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert google.log == []
    assert not Credential.objects.exists()


def test_a_site_without_a_google_client_says_so(google, portal, token, settings):
    settings.GOOGLE_CLIENT_ID = ""

    answer = post(portal, refresh_token=token)

    assert (answer.status_code, answer.json()["code"]) == (409, "google_not_configured")
    assert google.log == []


def test_sent_twice_under_one_key_google_is_asked_once(google, portal, token):
    body = {"tenant_id": "azul", "refresh_token": token}
    headers = {"Idempotency-Key": "a1"}
    first = portal.post(IMPORT, body, "application/json", headers=headers)
    asked = len(google.log)
    again = portal.post(IMPORT, body, "application/json", headers=headers)
    other = portal.post(
        IMPORT, {**body, "tenant_id": "verde"}, "application/json", headers=headers
    )

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert (len(google.log), Credential.objects.count()) == (asked, 1)


def test_google_is_asked_before_anything_is_locked(google, portal, token, monkeypatch):
    """While Google takes its time others must be able to write."""
    asked = []
    ask = credentials.ask_about_token

    def noting(**how):
        asked.append(len(connection.savepoint_ids))
        return ask(**how)

    monkeypatch.setattr(credentials, "ask_about_token", noting)
    outside = len(connection.savepoint_ids)
    headers = {"Idempotency-Key": "a1"}
    answer = portal.post(IMPORT, {"refresh_token": token}, "application/json", headers=headers)

    assert (answer.status_code, asked) == (201, [outside])
