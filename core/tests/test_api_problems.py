"""Every refusal of the API is a problem: one shape, a stable code, nothing of the inside."""

import json
import logging
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

from downloads.models import Download
from downloads.selectors import downloads

URL = "/api/v1/downloads"


def problem(answer) -> dict[str, Any]:
    """The body of a problem, after checking what all of them have in common."""
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Content-Length"] == str(len(answer.content))
    body: dict[str, Any] = answer.json()
    assert body.keys() - {"errors"} == {"type", "title", "status", "detail", "code", "request_id"}
    assert body["type"] == "about:blank"
    assert body["status"] == answer.status_code
    assert body["request_id"] == answer["X-Request-ID"]
    return body


def post(client: Client, body: bytes | str, **extra):
    return client.post(URL, body, content_type="application/json", **extra)


def test_invalid_input_is_said_field_by_field(integrator):
    answer = integrator.post(URL, {"quality": "4k", "priority": "1"}, "application/json")
    assert answer.status_code == 400
    assert problem(answer) == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "Some of the input is wrong.",
        "code": "invalid",
        "errors": [
            {
                "field": "quality",
                "code": "invalid_choice",
                "message": '"4k" is not a valid choice.',
            },
            {"field": "priority", "code": "invalid", "message": "A valid integer is required."},
        ],
        "request_id": answer["X-Request-ID"],
    }
    assert not Download.objects.exists()


def test_a_request_may_bring_its_own_id(anonymous, db):
    answer = anonymous.get(URL, headers={"X-Request-ID": "portal-4711"})
    assert problem(answer)["request_id"] == "portal-4711"
    for odd in ("short", "x" * 65, "with space in it", 'quote"quote"', "line\\nbreak;"):
        answer = anonymous.get(URL, headers={"X-Request-ID": odd})
        assert len(problem(answer)["request_id"]) == 32


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"url"',
        b"17",
        b"{",
        b"{'url': 1}",
        b'{"url": "https://example.org/a", "url": "https://example.org/b"}',
        b'{"url": NaN}',
        b'{"priority": 1e999, "url": "https://example.org/a"}',
        b'{"priority": ' + b"9" * 5000 + b', "url": "https://example.org/a"}',
        b'{"url": "https://example.org/\\ud800"}',
        b'{"\\ud800": 1}',
        b'{"url": "https://example.org/a\\u0000b"}',
        b'{"url": "https://example.org/\xff"}',
        b"\xfe\xff\x00{\x00}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"url": ["https://example.org/a"]}',
        b'{"url": {"a": 1}}',
        b'{"url": 17}',
        b'{"url": null}',
        b'{"url": true}',
        b'{"url": "https://example.org/a", "title": 5}',
        b'{"url": "https://example.org/a", "audio_only": "true"}',
        b'{"url": "https://example.org/a", "audio_only": 1}',
        b'{"url": "https://example.org/a", "audio_only": []}',
        b'{"url": "https://example.org/a", "priority": 1.5}',
        b'{"url": "https://example.org/a", "priority": true}',
        b'{"url": "https://example.org/a", "priority": 9223372036854775808}',
        b'{"url": "https://example.org/a", "quality": ["best"]}',
        b'{"url": "https://example.org/a", "format": {}}',
        b'{"url": "https://example.org/a", "title": "' + b"x" * 501 + b'"}',
        b'{"url": "https://example.org/' + b"x" * 2000 + b'"}',
    ],
    ids=lambda body: body[:40].decode("ascii", "replace"),
)
def test_odd_bodies_are_refused_and_change_nothing(integrator, body):
    answer = post(integrator, body)
    assert answer.status_code == 400
    assert problem(answer)["code"] in {"invalid", "parse_error"}
    assert not Download.objects.exists()


def test_a_field_nobody_knows_is_refused_by_name(integrator):
    answer = post(integrator, '{"url": "https://example.org/a.mp4", "user_id": 1, "b\\nad": 2}')
    assert problem(answer)["errors"] == [
        {"field": "b\nad", "code": "unknown_field", "message": "There is no such field."},
        {"field": "user_id", "code": "unknown_field", "message": "There is no such field."},
    ]
    assert not Download.objects.exists()


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("colour=red", "colour", "unknown_field"),
        ("format=json", "format", "unknown_field"),
        ("limit=0", "limit", "min_value"),
        ("limit=201", "limit", "max_value"),
        ("limit=ten", "limit", "invalid"),
        ("limit=", "limit", "invalid"),
        ("limit=9223372036854775808", "limit", "max_value"),
        ("limit=" + "9" * 5000, "limit", "max_string_length"),
        ("offset=-1", "offset", "min_value"),
        ("offset=9223372036854775808", "offset", "max_value"),
        ("status=done", "status", "invalid_choice"),
        ("source=vimeo", "source", "invalid_choice"),
        ("search=%00", "search", "null_characters_not_allowed"),
        ("search=" + "a" * 201, "search", "max_length"),
        ("created_after=yesterday", "created_after", "invalid"),
        ("created_after=0001-01-01T00:00:00%2B14:00", "created_after", "overflow"),
        ("created_before=2026-13-01", "created_before", "invalid"),
    ],
)
def test_odd_queries_are_refused(integrator, query, field, code):
    answer = integrator.get(f"{URL}?{query}")
    assert answer.status_code == 400
    errors = problem(answer)["errors"]
    assert (field, code) in [(error["field"], error["code"]) for error in errors]
    assert {error["field"] for error in errors} == {field}


@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_a_parameter_is_refused_where_none_exists(integrator, ana, method):
    path = f"{URL}/1/retry" if method == "post" else f"{URL}/1"
    answer = getattr(integrator, method)(f"{path}?force=1")
    assert answer.status_code == 400
    assert problem(answer)["errors"][0]["code"] == "unknown_field"


@pytest.mark.parametrize(
    "number", ["0", "7", str(2**31), str(2**63 - 1), str(2**63), "9" * 400, "9" * 5000]
)
@pytest.mark.parametrize("path", ["downloads/{}", "videos/{}", "videos/{}/file"])
def test_an_id_nobody_has_is_not_found(integrator, path, number):
    answer = integrator.get(f"/api/v1/{path.format(number)}")
    assert answer.status_code == 404
    assert problem(answer)["code"] == "not_found"


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v2/downloads",
        "/api/v1/nothing",
        "/api/v1/downloads/-1",
        "/api/v1/downloads/abc",
        "/api/v1/downloads/1/2/3",
        "/api/v1/downloads/%00",
        "/api/v1/downloads/%0A",
        "/api/v1/downloads/1%0A",
        "/api/v1/../../etc/passwd",
    ],
)
def test_an_address_that_is_none_is_a_problem_for_everybody(anonymous, db, path):
    answer = anonymous.get(path)
    assert answer.status_code == 404
    assert problem(answer)["code"] == "not_found"


def test_an_address_that_is_none_stays_one_for_every_method(ana):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        answer = browser.generic(method, "/api/v1/nothing")
        assert (answer.status_code, problem(answer)["code"]) == (404, "not_found")


def test_a_trailing_slash_changes_nothing(integrator):
    for path in (URL, "/api/v1/videos", "/api/schema", "/health/live"):
        plain, slashed = integrator.get(path), integrator.get(f"{path}/")
        assert (slashed.status_code, slashed.content) == (plain.status_code, plain.content)
        assert slashed.status_code == 200
    made = integrator.post(f"{URL}/", {"url": "https://example.org/a.mp4"}, "application/json")
    assert made.status_code == 201


def test_methods_that_do_not_exist_are_refused_with_those_that_do(integrator):
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"):
        answer = integrator.generic(method, URL)
        assert answer.status_code == 405
        assert answer["Allow"] == "GET, HEAD, POST"
        assert problem(answer)["code"] == "method_not_allowed"


def test_other_languages_than_json_are_neither_read_nor_spoken(integrator):
    answer = integrator.post(URL, {"url": "https://example.org/a.mp4"})
    assert answer.status_code == 415
    assert problem(answer)["code"] == "unsupported_media_type"
    answer = integrator.get(URL, headers={"Accept": "text/html"})
    assert answer.status_code == 406
    assert problem(answer)["code"] == "not_acceptable"
    assert not Download.objects.exists()


def test_a_body_over_a_megabyte_is_refused(integrator):
    just = json.dumps({"url": "https://example.org/a.mp4", "title": ""}).encode()
    fits = post(integrator, just + b" " * (1_000_000 - len(just)))
    assert fits.status_code == 201
    answer = post(integrator, just + b" " * (1_000_001 - len(just)))
    assert answer.status_code == 413
    assert problem(answer)["code"] == "too_large"
    assert post(integrator, b" " * 5_000_000).status_code == 413
    assert Download.objects.count() == 1


def test_a_body_of_announced_other_charset_is_still_utf_8(integrator):
    body = '{"url": "https://example.org/a.mp4", "title": "Frações"}'.encode()
    answer = integrator.generic("POST", URL, body, "application/json; charset=latin-1")
    assert answer.json()["title"] == "Frações"


@pytest.mark.parametrize("failure", [OperationalError, InterfaceError])
def test_a_database_that_is_away_is_said_to_be_away(integrator, monkeypatch, caplog, failure):
    def away(**_kwargs):
        raise failure("connection to 10.0.0.5 refused for user postgres")

    monkeypatch.setattr(downloads, "list_downloads", away)
    answer = integrator.get(URL)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert problem(answer)["code"] == "unavailable"
    assert "10.0.0.5" not in answer.content.decode()
    assert caplog.records[0].levelno == logging.ERROR


def test_a_bug_is_logged_with_its_trace_and_answered_without(integrator, monkeypatch, caplog):
    def broken(**_kwargs):
        raise KeyError("secret inside")

    monkeypatch.setattr(downloads, "list_downloads", broken)
    answer = integrator.get(URL)
    assert answer.status_code == 500
    assert problem(answer)["code"] == "internal"
    assert "secret inside" not in answer.content.decode()
    assert "Traceback" in caplog.text


def test_a_bug_around_the_endpoints_is_a_problem_too(ana_client, monkeypatch):
    def broken(_user):
        raise RuntimeError("no language")

    monkeypatch.setattr("accounts.models.User.language", property(broken, lambda *_: None))
    ana_client.raise_request_exception = False
    answer = ana_client.get(URL)
    assert answer.status_code == 500
    assert problem(answer)["code"] == "internal"
    assert "no language" not in answer.content.decode()


@pytest.mark.parametrize("path", [URL, "/"])
def test_a_database_that_is_away_for_the_session_is_said_to_be_away(ana_client, monkeypatch, path):
    def away(_user):
        raise OperationalError("connection refused")

    monkeypatch.setattr("accounts.models.User.language", property(away, lambda *_: None))
    ana_client.raise_request_exception = False
    answer = ana_client.get(path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    if path == URL:
        assert problem(answer)["code"] == "unavailable"


def test_an_unknown_host_gets_a_problem(anonymous):
    answer = anonymous.get(URL, headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert problem(answer)["code"] == "invalid"


def test_messages_come_in_the_language_asked_for(integrator):
    answer = integrator.get(f"{URL}?limit=0", headers={"Accept-Language": "pt-BR"})
    told = problem(answer)
    assert told["code"] == "invalid"
    assert told["errors"][0]["code"] == "min_value"
    assert told["errors"][0]["message"] != "Ensure this value is greater than or equal to 1."


def test_pages_stay_pages(anonymous, db):
    answer = anonymous.get("/nothing/here")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")
