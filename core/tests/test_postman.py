"""The Postman collection has every operation, ready to be sent."""

import json
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

from core import postman


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return dict(SchemaGenerator().get_schema(request=None, public=True))


@pytest.fixture(scope="module")
def items(document) -> dict[str, dict[str, Any]]:
    """Each request, by method and address."""
    folders = postman.collection(document)["item"]
    return {
        f"{item['request']['method']} {item['request']['url']['raw']}": item
        for folder in folders
        for item in folder["item"]
    }


def test_every_operation_is_there_once(document, items):
    operations = [
        f"{method.upper()} {{{{site}}}}{path.replace('{', ':').replace('}', '')}"
        for path, methods in document["paths"].items()
        for method in methods
    ]

    assert sorted(items) == sorted(operations)


def test_a_request_is_ready_to_be_sent(items):
    queue = items["POST {{site}}/api/v1/downloads"]
    request = queue["request"]

    assert request["url"]["path"] == ["api", "v1", "downloads"]
    assert {"key": "Content-Type", "value": "application/json"} in request["header"]
    assert json.loads(request["body"]["raw"])["url"].startswith("https://")
    (key,) = [one for one in request["header"] if one["key"] == "Idempotency-Key"]
    assert key["disabled"] is True
    assert [one["key"] for one in request["url"]["query"]] == ["probe"]
    assert {201} <= {example["code"] for example in queue["response"]} <= {200, 201}


def test_what_is_between_slashes_can_be_filled_in(items):
    one = items["GET {{site}}/api/v1/downloads/:download_id"]["request"]

    assert [field["key"] for field in one["url"]["variable"]] == ["download_id"]
    assert "body" not in one


def test_signing_in_keeps_its_tokens_for_the_others(items, document):
    keeping = {name for name, item in items.items() if "event" in item}

    assert "POST {{site}}/api/v1/auth/login" in keeping
    assert items["POST {{site}}/api/v1/auth/login"]["request"]["auth"] == {"type": "noauth"}
    told = postman.collection(document)
    assert told["auth"]["bearer"][0]["value"] == "{{token}}"
    assert {one["key"]: one["value"] for one in told["variable"]}["token"] == ""
