"""A field that does not exist is refused by every operation, by name, and nothing is done."""

import json
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from classroom_site.tests.permissions.stage import Things, make_root
from classroom_site.tests.permissions.writes import changes_noted

SURPRISE = "surprise"
CHANGING = ("post", "put", "patch")


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each that may be sent a body: method, route and an example of its body."""
    document = SchemaGenerator().get_schema(request=None, public=True)
    for route, methods in document["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if method in CHANGING or body:
                examples = list((body or {}).get("examples", {}).values())
                yield method, route, examples[0]["value"] if examples else {}


def mistakes(client: Client, method: str, path: str, body: dict[str, Any]) -> Iterator[str]:
    with changes_noted() as changes:
        sent = json.dumps({**body, SURPRISE: 1})
        answer = client.generic(method.upper(), path, sent, "application/json")
    told = answer.json() if answer.content else {}
    if (answer.status_code, told.get("code")) != (400, "invalid"):
        yield f"answers {answer.status_code} {told.get('code')}"
    elif SURPRISE not in {error["field"] for error in told["errors"]}:
        yield f"does not name it: {told['errors']}"
    if changes.tables:
        yield f"changed {sorted(changes.tables)}"


def test_an_unknown_field_is_refused_by_name_and_nothing_changes(db):
    root, client = make_root(), Client()
    things = Things(root)
    client.force_login(root, backend="django.contrib.auth.backends.ModelBackend")
    found, asked = [], 0
    for method, route, body in operations():
        with transaction.atomic():
            told = mistakes(client, method, things.path(route, {}), body)
            found += [f"{method.upper()} {route} {mistake}" for mistake in told]
            transaction.set_rollback(True)
        asked += 1
    assert found == []
    assert asked > 40
