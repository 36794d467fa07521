"""API keys made at the API and on the page: told once, one's own, revoked for good."""

import re

import pytest
from django.urls import reverse

from accounts.models import ApiKey, AuditEntry
from accounts.services import api_keys
from accounts.tests.tokens import bearer, post, tokens_of

KEYS = "/api/v1/auth/api-keys"
DOWNLOADS = "/api/v1/downloads"


def make(client, **over):
    return post(client, KEYS, **{"name": "portal", "scopes": ["downloads:read"], **over})


def test_ana_makes_a_key_and_is_told_it_once(ana):
    client = bearer(tokens_of(ana).access)
    answer = make(client, tenant_ids=["azul"])
    assert answer.status_code == 201, answer.content
    assert answer["Cache-Control"] == "no-store"
    made = answer.json()
    assert made["key"].startswith("cdk_")
    assert (made["scopes"], made["tenant_ids"]) == (["downloads:read"], ["azul"])
    for told in (client.get(KEYS), client.get(f"{KEYS}/{made['id']}")):
        assert made["key"] not in told.content.decode()
        assert made["prefix"] in told.content.decode()
    assert bearer(made["key"]).get(DOWNLOADS).status_code == 200
    entry = AuditEntry.objects.get(action="api_key.made")
    assert (entry.actor_id, entry.target_id) == (ana.pk, str(made["id"]))
    assert made["key"] not in str(list(AuditEntry.objects.values()))


def test_the_same_request_sent_twice_makes_one_key(ana):
    client = bearer(tokens_of(ana).access)
    body = {"name": "portal", "scopes": ["downloads:read"]}
    once = {"Idempotency-Key": "portal-1"}
    first, second = (client.post(KEYS, body, "application/json", headers=once) for _ in range(2))
    assert first.json() == second.json()
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize(
    "over",
    [
        {"name": " "},
        {"scopes": []},
        {"scopes": ["downloads:fly"]},
        {"tenant_ids": [""]},
        {"tenant_ids": ["t" * 256]},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"owner": 1},
    ],
)
def test_a_key_that_makes_no_sense_is_refused(ana, over):
    answer = make(bearer(tokens_of(ana).access), **over)
    assert answer.status_code == 400
    assert {error["field"].split(".")[0] for error in answer.json()["errors"]} == set(over)
    assert not ApiKey.objects.exists()


def test_a_teacher_gets_no_key_of_staff_and_staff_none_that_is_bound(ana, clara):
    assert make(bearer(tokens_of(ana).access), scopes=["admin"]).status_code == 403
    staff = bearer(tokens_of(clara).access)
    assert make(staff, scopes=["admin"], tenant_ids=["azul"]).status_code == 400
    assert not ApiKey.objects.exists()


def test_a_key_neither_makes_nor_sees_nor_revokes_keys(ana, integrator):
    number = ApiKey.objects.get().pk
    for answer in (make(integrator), integrator.get(KEYS), integrator.delete(f"{KEYS}/{number}")):
        assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")
    assert ApiKey.objects.get().revoked_at is None


def test_anas_key_is_nobodys_elses_to_see_or_revoke(ana, bruno, clara, integrator):
    number = ApiKey.objects.get().pk
    for person in (bruno, clara):
        client = bearer(tokens_of(person).access)
        assert client.get(KEYS).json()["total"] == 0
        for path in (f"{KEYS}/{number}", f"{KEYS}/999999"):
            assert (client.get(path).status_code, client.delete(path).status_code) == (404, 404)
    assert integrator.get(DOWNLOADS).status_code == 200
    client = bearer(tokens_of(ana).access)
    assert client.delete(f"{KEYS}/{number}").status_code == 204
    assert client.delete(f"{KEYS}/{number}").status_code == 204
    assert integrator.get(DOWNLOADS).status_code == 401
    assert AuditEntry.objects.filter(action="api_key.revoked").count() == 1


def test_nobody_has_more_than_fifty_keys(ana, monkeypatch):
    monkeypatch.setattr(api_keys, "MOST_KEYS", 2)
    client = bearer(tokens_of(ana).access)
    assert [make(client).status_code for _ in range(3)] == [201, 201, 409]
    client.delete(f"{KEYS}/{ApiKey.objects.earliest('pk').pk}")
    assert make(client).status_code == 201


def test_the_page_makes_a_key_and_shows_it_once(ana, ana_client):
    page = reverse("api-keys")
    assert "admin" not in re.findall(r'name="scopes" value="([^"]+)"', _html(ana_client, page))
    fields = {"name": "Portal", "scopes": ["downloads:read"], "days": "30", "tenants": "azul, "}
    made = ana_client.post(page, fields)
    secret = re.findall(r"cdk_[\w-]{43}", made.content.decode())[0]
    assert made["Cache-Control"] == "private, no-store"
    key = ApiKey.objects.get()
    assert (key.owner, key.tenant_ids, key.scopes) == (ana, ["azul"], ["downloads:read"])
    assert 29 <= (key.expires_at - key.created_at).days <= 30
    assert bearer(secret).get(DOWNLOADS).status_code == 200
    html = _html(ana_client, page)
    assert secret not in html
    assert key.prefix in html
    assert html.count("See downloads and their progress") == 2  # the key, and the form
    ana_client.post(reverse("api-key-revoke", args=[key.pk]))
    assert bearer(secret).get(DOWNLOADS).status_code == 401
    assert "revoked" in _html(ana_client, page)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"scopes": ["downloads:read"]}, "This field is required"),
        ({"name": "Portal"}, "This field is required"),
        ({"name": "Portal", "scopes": ["admin"]}, "Select a valid choice"),
        (
            {"name": "Portal", "scopes": ["downloads:read"], "tenants": "t" * 256},
            "each in at most",
        ),
    ],
)
def test_the_page_says_what_is_missing(ana_client, fields, words):
    answer = ana_client.post(reverse("api-keys"), fields)
    assert words in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_another_teachers_key_is_not_revoked_on_the_page(bruno_client, integrator):
    number = ApiKey.objects.get().pk
    assert bruno_client.post(reverse("api-key-revoke", args=[number])).status_code == 404
    assert integrator.get(DOWNLOADS).status_code == 200


def _html(client, path) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())
