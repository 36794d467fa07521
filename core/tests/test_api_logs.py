"""Log lines carry the request's id, and secrets of nobody."""

import logging
import time

import pytest

from core.logs import RedactingFilter, request_id


def line(message: str, *arguments: object) -> logging.LogRecord:
    record = logging.LogRecord("x", logging.INFO, __file__, 1, message, arguments, None)
    assert RedactingFilter().filter(record)
    return record


@pytest.mark.parametrize(
    ("message", "logged"),
    [
        ("Authorization: Bearer cdk_abc-DEF_123", "Authorization: […]"),
        ("used cdk_abc-DEF_123 again", "used cdk_[…] again"),
        ('{"password": "two words", "user": "ana"}', '{"password": […], "user": "ana"}'),
        ("{'refresh_token': 'abc', 'x': 1}", "{'refresh_token': […], 'x': 1}"),
        ("client_secret=abc, SECRET_KEY=def", "client_secret=[…], SECRET_KEY=[…]"),
        ("my-refresh_token=abc x_api_key: def", "my-refresh_token=[…] x_api_key: […]"),
        ("DJANGO_SECRET_KEY='abc def'", "DJANGO_SECRET_KEY=[…]"),
        ('cut in {"password": "two wor', 'cut in {"password": […]'),
        ("secret=abc&next=/", "secret=[…]&next=/"),
        ('{"login": "ana", "otp": "123456"}', '{"login": "ana", "otp": […]}'),
        ("got eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.c2ln back", "got eyJhbGciOiJIUzI1NiJ9.[…] back"),
        ("token ya29.a0Af_x-y and 1//0gXyz", "token ya29.[…] and 1//[…]"),
        ("postgres://user:pass@host/db", "postgres://user:[…]@host/db"),
        ("redis://:pass@host:6379/0", "redis://:[…]@host:6379/0"),
        ("api_key=abc api-key: def", "api_key=[…] api-key: […]"),
        ("Cookie: sessionid=abc; csrftoken=def", "Cookie: […]"),
        ("the token is gone: ask again", "the token is gone: ask again"),
        ("two\nlines\r\nhere", "two\\nlines\\r\\nhere"),
        ("Not Found: /connect/aB3_-aB3_-aB3_-aB3_/result", "Not Found: /connect/[…]/result"),
        ("/setup/Imd.aB3:x_y-aB3aB3aB3", "/setup/[…]"),
        ("/google/connect/ is open", "/google/connect/ is open"),
        ("https://example.org/a?b=c", "https://example.org/a?b=c"),
    ],
)
def test_secrets_are_blackened_and_lines_stay_lines(message, logged):
    assert line(message).getMessage() == logged


def test_what_stands_in_the_arguments_is_blackened_too():
    assert line("key %s of %s", "cdk_abc", "ana").getMessage() == "key cdk_[…] of ana"
    assert line("plain %s", "words").args == ("words",)


def test_a_traceback_is_blackened_too():
    with pytest.raises(ValueError) as caught:
        int("cdk_abc at redis://:pass@host")
    record = line("failed")
    record.exc_info = (caught.type, caught.value, caught.tb)
    RedactingFilter().filter(record)
    told = logging.Formatter().format(record)
    assert told.endswith("'cdk_[…] at redis://:[…]@host'")
    assert told.startswith("failed\nTraceback")


def test_a_line_carries_the_id_of_its_request():
    token = request_id.set("portal-4711")
    try:
        assert vars(line("x"))["request_id"] == "portal-4711"
    finally:
        request_id.reset(token)


def test_a_refused_request_is_logged_under_its_id(anonymous, db, caplog):
    caplog.handler.addFilter(RedactingFilter())
    anonymous.get("/api/v1/downloads", headers={"X-Request-ID": "portal-4711"})
    (record,) = [record for record in caplog.records if record.name == "django.request"]
    assert record.request_id == "portal-4711"


@pytest.mark.parametrize("piece", ["a-", "token ", "secret_key=", "://a:", 'password="', "'"])
def test_a_hostile_line_costs_no_time_and_little_room(piece):
    began = time.perf_counter()
    told = line("%s", piece * (16_000 // len(piece))).getMessage()

    assert time.perf_counter() - began < 0.2
    assert len(told) < 17_000


def test_a_long_line_is_cut_where_it_is_too_long():
    assert line("a-" * 8000).getMessage() == "a-" * 4096 + "…"
