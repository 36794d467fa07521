"""The API describes itself: validly, completely, and with nothing from other hosts."""

import json
import re
from io import StringIO
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from core.shapes import schema_of


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return dict(SchemaGenerator().get_schema(request=None, public=True))


def each_operation(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_the_document_is_valid_and_made_without_a_warning():
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out, stderr=StringIO())
    assert out.getvalue().startswith("openapi: 3.1.0")


def test_every_operation_is_tagged_and_told_in_words(document):
    tags = {tag["name"] for tag in document["tags"]}
    for name, operation in each_operation(document):
        assert set(operation["tags"]) <= tags, name
        assert re.fullmatch(r"[A-Z][\w '-]+", operation["summary"]), name
        assert re.match(r"[A-Z][^.]+\.", operation["description"]), name
        assert not operation["description"].startswith(("Scope", "Open")), name
        assert re.fullmatch(r"[a-z_]+", operation["operationId"]), name


def test_every_answer_has_an_example_that_fits_its_schema(document):
    components = {"components": document["components"]}
    for name, operation in each_operation(document):
        contents = [answer.get("content", {}) for answer in operation["responses"].values()]
        contents.append(operation.get("requestBody", {}).get("content", {}))
        for content in contents:
            for kind, media in content.items():
                if kind.startswith(("video/", "application/zip", "text/csv")):
                    continue
                assert media["examples"], name
                for example in media["examples"].values():
                    checker = Draft202012Validator({**media["schema"], **components})
                    assert list(checker.iter_errors(example["value"])) == [], name


def test_every_operation_tells_how_it_refuses(document):
    for name, operation in each_operation(document):
        refused = {code for code in operation["responses"] if code >= "400"}
        expected = {"400", "503"}
        if "security" in operation:
            expected |= {"401", "403"}
        if "{" in name:
            expected |= {"404"}
        assert refused >= expected, name
        for code in refused:
            (kind,) = operation["responses"][code]["content"]
            assert kind == "application/problem+json", name


def test_both_ways_of_signing_in_are_described(document):
    schemes = document["components"]["securitySchemes"]
    assert schemes["apiKey"]["scheme"] == "bearer"
    assert (schemes["session"]["in"], schemes["session"]["name"]) == ("cookie", "sessionid")


def test_unknown_fields_are_told_to_be_refused(document):
    schema = document["components"]["schemas"]["DownloadInputRequest"]
    assert schema["additionalProperties"] is False
    assert "required" not in schema  # a link, or a coursework


def test_everybody_may_read_the_document_as_json_or_yaml(anonymous, db):
    answer = anonymous.get("/api/schema")
    assert answer["Content-Type"] == "application/json"
    assert answer.json()["openapi"] == "3.1.0"
    yaml = anonymous.get("/api/schema", headers={"Accept": "application/vnd.oai.openapi"})
    assert yaml.content.startswith(b"openapi: 3.1.0")


def test_the_document_is_the_same_in_every_language(anonymous, db):
    plain = anonymous.get("/api/schema").content
    assert anonymous.get("/api/schema", headers={"Accept-Language": "pt-BR"}).content == plain
    assert anonymous.get("/api/schema?lang=pt-br").content == plain


@pytest.mark.parametrize("path", ["/api/docs", "/api/redoc"])
def test_the_documentation_pages_take_everything_from_here(anonymous, db, path):
    answer = anonymous.get(path)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "//" not in re.sub(r"<!--.*?-->", "", html).replace("<!doctype", "")
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert not re.search(r"\son\w+=", html)
    for source in re.findall(r'(?:src|href)="(/static/[^"]+)"', html):
        assert finders.find(source.removeprefix("/static/")), source
    policy = dict(part.split(" ", 1) for part in answer["Content-Security-Policy"].split("; "))
    assert policy["script-src"] == "'self'"
    assert "'unsafe-inline'" in policy["style-src"]
    assert "unsafe-eval" not in answer["Content-Security-Policy"]


def test_other_pages_keep_the_strict_policy(anonymous, db):
    for path in ("/api/schema", "/health/live", "/accounts/login/"):
        assert "unsafe" not in anonymous.get(path)["Content-Security-Policy"]


def test_swagger_is_started_by_a_script_of_its_own(anonymous, db):
    answer = anonymous.get("/api/docs?script=")
    assert answer["Content-Type"].startswith("application/javascript")
    assert '"/api/schema"' in answer.content.decode().replace("\\u002D", "-").replace("\\/", "/")


@pytest.mark.parametrize(
    ("short", "long"), [("/docs", "/api/docs"), ("/redoc", "/api/redoc"), ("/docs/", "/api/docs")]
)
def test_the_short_addresses_lead_there(anonymous, short, long):
    answer = anonymous.get(short)
    assert (answer.status_code, answer["Location"]) == (302, long)


def test_shapes_are_drawn_with_notes_nulls_and_references():
    from core.problems import FieldError, Problem

    def refer(shape):
        return {"$ref": f"#/{shape.__name__}"}

    drawn = schema_of(Problem, refer)
    assert "errors" not in drawn["required"]
    assert drawn["properties"]["errors"] == {"type": "array", "items": {"$ref": "#/FieldError"}}
    assert drawn["properties"]["status"] == {"type": "integer"}
    field = schema_of(FieldError, refer)["properties"]["field"]
    assert field["type"] == ["string", "null"]
    assert json.dumps(drawn)
