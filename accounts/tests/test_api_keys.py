"""API keys: shown once, kept as a digest, bound to scopes, ended at will."""

import hashlib
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey
from accounts.services import api_keys
from core.errors import Forbidden, Invalid, NotFound

URL = "/api/v1/downloads"


def bearer(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"})


def test_a_key_is_kept_as_its_digest_alone(ana):
    key, secret = api_keys.create_api_key(
        by=ana, owner=ana, name=" portal ", scopes=["library:read", "downloads:read"]
    )
    assert secret.startswith("cdk_")
    assert len(secret) == 47
    row = ApiKey.objects.values().get()
    assert row["name"] == "portal"
    assert row["prefix"] == secret[:12]
    assert row["digest"] == hashlib.sha256(secret.encode()).hexdigest()
    assert row["scopes"] == ["downloads:read", "library:read"]
    assert secret not in map(str, row.values())
    assert key.pk == row["id"]


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "n" * 101}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["downloads:read", "downloads:fly"]}, "scopes"),
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, "expires_at"),
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(ana, over, field):
    wanted = {"name": "portal", "scopes": ["downloads:read"], **over}
    with pytest.raises(Invalid) as refusal:
        api_keys.create_api_key(by=ana, owner=ana, **wanted)
    assert list(refusal.value.errors) == [field]
    assert not ApiKey.objects.exists()


def test_a_teacher_makes_no_key_for_another_and_none_with_staffs_scope(ana, bruno):
    with pytest.raises(Forbidden):
        api_keys.create_api_key(by=bruno, owner=ana, name="x", scopes=["downloads:read"])
    with pytest.raises(Forbidden):
        api_keys.create_api_key(by=ana, owner=ana, name="x", scopes=["admin"])
    assert not ApiKey.objects.exists()


def test_staff_make_keys_for_others_and_with_their_own_scope(ana, clara):
    api_keys.create_api_key(by=clara, owner=ana, name="x", scopes=["downloads:read"])
    api_keys.create_api_key(by=clara, owner=clara, name="y", scopes=["admin"])
    assert ApiKey.objects.count() == 2


def test_an_integrator_calls_in_the_owners_name(integrator):
    empty = {"results": [], "total": 0, "limit": 50, "offset": 0, "next_cursor": None}
    assert integrator.get(URL).json() == empty


@pytest.mark.parametrize(
    "header", ["Bearer cdk_wrong", "bearer cdk_", "Bearer  cdk_é", "Bearer cdk_\x00"]
)
def test_a_key_nobody_has_is_refused_with_a_challenge(db, header):
    answer = Client(headers={"Authorization": header}).get(URL)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="Classroom Downloader"'
    assert answer.json()["code"] == "authentication_failed"


@pytest.mark.parametrize("header", ["", "Bearer", "Basic YTpi", "cdk_x"])
def test_a_request_without_a_key_is_asked_for_one(db, header):
    answer = Client(headers={"Authorization": header}).get(URL)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="Classroom Downloader"'
    assert answer.json()["code"] == "not_authenticated"


def test_a_revoked_key_opens_nothing_and_stays_revoked_since_then(ana, integrator):
    key = ApiKey.objects.get()
    api_keys.revoke_api_key(by=ana, key=key)
    first = ApiKey.objects.get().revoked_at
    api_keys.revoke_api_key(by=ana, key=key)
    assert ApiKey.objects.get().revoked_at == first
    assert integrator.get(URL).status_code == 401


def test_another_teacher_cannot_revoke_a_key(integrator, bruno):
    with pytest.raises(NotFound):
        api_keys.revoke_api_key(by=bruno, key=ApiKey.objects.get())
    assert ApiKey.objects.get().revoked_at is None
    assert integrator.get(URL).status_code == 200


def test_staff_revoke_anybodys_key(integrator, clara):
    api_keys.revoke_api_key(by=clara, key=ApiKey.objects.get())
    assert integrator.get(URL).status_code == 401


def test_a_key_ends_when_its_time_is_over(ana):
    _key, secret = api_keys.create_api_key(
        by=ana,
        owner=ana,
        name="x",
        scopes=["downloads:read"],
        expires_at=timezone.now() + timedelta(hours=1),
    )
    assert bearer(secret).get(URL).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1)):
        assert bearer(secret).get(URL).status_code == 401


def test_the_key_of_a_deactivated_teacher_opens_nothing(ana, integrator):
    ana.is_active = False
    ana.save()
    assert integrator.get(URL).status_code == 401


def test_the_last_use_is_noted_once_a_minute(integrator, django_assert_num_queries):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        integrator.get(URL)
        assert ApiKey.objects.get().last_used_at == start
    with time_machine.travel(start + timedelta(seconds=59), tick=False):
        with django_assert_num_queries(2):  # the key, and how many downloads there are
            integrator.get(URL)
        assert ApiKey.objects.get().last_used_at == start
    with time_machine.travel(start + timedelta(seconds=61), tick=False):
        integrator.get(URL)
    assert ApiKey.objects.get().last_used_at == start + timedelta(seconds=61)


def test_a_key_wins_over_a_session_and_needs_no_csrf_token(ana, bruno, integrator_key):
    browser = Client(
        enforce_csrf_checks=True, headers={"Authorization": f"Bearer {integrator_key}"}
    )
    browser.force_login(bruno, backend="django.contrib.auth.backends.ModelBackend")
    answer = browser.post(URL, {"url": "https://example.org/a.mp4"}, "application/json")
    assert answer.status_code == 201
    assert ana.downloads.count() == 1
    assert bruno.downloads.count() == 0
