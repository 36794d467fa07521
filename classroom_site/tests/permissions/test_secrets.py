"""Secrets that come in through the real doors are found nowhere again."""

import io
import json
import logging
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.core import mail
from django.test import Client

from accounts.models import ApiKey, User
from accounts.services import api_keys
from accounts.tests.build import make_credential
from classroom_site.tests.permissions.asking import ask
from classroom_site.tests.permissions.rules import Row
from classroom_site.tests.permissions.stage import Things, by_session, make_root
from classroom_site.tests.permissions.table_api import TABLE as API
from classroom_site.tests.permissions.table_pages import TABLE as PAGES
from conftest import PASSWORD, received
from downloads.tests.build import make_jar

pytestmark = pytest.mark.usefixtures("no_limits")
ACCESS, REFRESH = "ya29.S3CRET-access-canary", "1//S3CRET-refresh-canary"
COOKIE = "S3CRET-cookie-canary"
# Where a program asks for its tokens, they are told; nowhere else.
LEAVES = {"GET /accounts/logout/"}


@pytest.fixture
def secrets(ana, anonymous) -> dict[str, str]:
    """One of every kind, each brought in as people and programs do."""
    make_credential(ana, access_token=ACCESS, refresh_token=REFRESH)
    make_jar(ana, value=COOKIE)
    body = {"login": "ana", "password": PASSWORD}
    answer = anonymous.post("/api/v1/auth/login", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    scopes = ["downloads:read"]
    _key, key = api_keys.create_api_key(by=ana, owner=ana, name="portal", scopes=scopes)
    return {
        "Google's access token": ACCESS,
        "Google's refresh token": REFRESH,
        "a cookie": COOKIE,
        "the password": PASSWORD,
        "an API key": key,
        "an access token": answer.json()["access_token"],
        "a refresh token": answer.json()["refresh_token"],
    }


def found_in(secrets: dict[str, str], where: str, text: str) -> list[str]:
    return [f"{name} in {where}" for name, secret in secrets.items() if secret in text]


def readings(client: Client, things: Things) -> Iterator[tuple[str, str]]:
    """Everything there is to read, as this person reads it."""
    for operation, row in (API | PAGES).items():
        if operation.startswith("GET") and operation not in LEAVES:
            path = things.path(operation.partition(" ")[2], row.at)
            yield operation, ask(client, operation, path, Row("", {}, query=row.query)).text
    for model in admin.site._registry:
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        one = model._default_manager.order_by("pk").first()
        for path in [base, *([f"{base}{one.pk}/change/"] if one else [])]:
            yield path, ask(client, "GET x", path, Row("", {})).text


@pytest.mark.timeout(120)
def test_no_answer_holds_a_secret(ana, secrets):
    things = Things(ana)

    leaks = [
        leak
        for reader in (by_session(ana), by_session(make_root()))
        for where, text in readings(reader, things)
        for leak in found_in(secrets, where, text)
    ]

    assert leaks == []


def test_the_database_holds_no_secret_that_opens_anything(secrets):
    leaks = [
        leak
        for model in apps.get_models()
        for row in model._base_manager.values()
        for leak in found_in(secrets, model._meta.label, column_text(row, model))
    ]

    assert leaks == []


def column_text(row: dict[str, Any], model: Any) -> str:
    """As it stands on the disk: what is encrypted there is told so by its field."""
    kept = {
        name: value
        for name, value in row.items()
        if type(model._meta.get_field(name)).__name__ != "EncryptedJSONField"
    }
    return json.dumps(kept, default=str)


def test_the_export_of_a_person_holds_no_secret(ana, secrets):
    answer = by_session(ana).get("/api/v1/auth/profile/export")
    archive = zipfile.ZipFile(io.BytesIO(received(answer)))

    leaks = [
        leak
        for name in archive.namelist()
        for leak in found_in(secrets, name, archive.read(name).decode(errors="replace"))
    ]

    assert leaks == []
    assert archive.namelist()


def test_logs_and_mails_hold_no_secret_even_where_it_was_sent_wrongly(
    ana, secrets, anonymous, caplog
):
    caplog.set_level(logging.DEBUG)
    for name, secret in secrets.items():
        anonymous.get("/api/v1/downloads", headers={"Authorization": f"Bearer {secret}"})
        body = {"login": "ana", "password": f"{secret}-{name}"}
        anonymous.post("/api/v1/auth/login", body, content_type="application/json")
        refresh = {"refresh_token": secret}
        anonymous.post("/api/v1/auth/refresh", refresh, content_type="application/json")

    texts = [record.getMessage() + str(record.args) for record in caplog.records]
    texts += [message.body for message in mail.outbox]
    assert [leak for text in texts for leak in found_in(secrets, "a log", text)] == []
    assert User.objects.get(pk=ana.pk).is_active
    assert ApiKey.objects.count() == 1
