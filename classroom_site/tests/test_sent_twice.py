"""What makes things can be sent twice under one Idempotency-Key, and is done once."""

import json
from collections.abc import Iterator

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from accounts.models import User
from classroom_site.tests.permissions.stage import Things, make_root
from classroom_site.tests.permissions.table_api import TABLE
from classroom_site.tests.permissions.writes import changes_noted

# A stranger has no keys of that kind, and an address is taken once; to look again is no harm.
WITHOUT = {
    "/api/v1/users",
    "/api/v1/auth/register",
    "/api/v1/subscriptions/{subscription_id}/check",
}
IMPORT = "/api/v1/credentials/import"  # asks Google: see accounts
KEYS = {"Idempotency-Key": "once"}


def those_that_make_something() -> Iterator[tuple[str, bool]]:
    """With whether they know Idempotency-Key."""
    document = SchemaGenerator().get_schema(request=None, public=True)
    for route, methods in document["paths"].items():
        operation = methods.get("post", {"responses": {}})
        names = {one["name"] for one in operation.get("parameters", [])}
        if {"201", "202"} & operation["responses"].keys():
            yield route, "Idempotency-Key" in names and "422" in operation["responses"]


MAKING = dict(those_that_make_something())
ONCE = sorted(MAKING.keys() - WITHOUT - {IMPORT})


def test_whatever_makes_something_knows_idempotency_keys():
    assert {route for route, knows in MAKING.items() if not knows} == WITHOUT


@pytest.fixture
def root(db, settings) -> User:
    settings.GOOGLE_CLIENT_ID = settings.GOOGLE_CLIENT_SECRET = "ours"
    return make_root()


@pytest.mark.parametrize("route", ONCE)
def test_the_second_time_the_answer_is_repeated_and_nothing_is_done(root, route):
    client, row = Client(), TABLE[f"POST {route}"]
    client.force_login(root, backend="django.contrib.auth.backends.ModelBackend")
    path, body = Things(root).path(route, row.at), json.dumps(row.body or {})
    first = client.post(path, body, "application/json", headers=KEYS)
    with changes_noted() as changes:
        again = client.post(path, body, "application/json", headers=KEYS)
    none = client.post(path, body, "application/json", headers={"Idempotency-Key": "a b"})

    assert first.status_code in {200, 201, 202}, first.content
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again["Idempotency-Replayed"] == "true"
    assert not changes.tables
    assert (none.status_code, none.json()["code"]) == (400, "invalid_idempotency_key")
