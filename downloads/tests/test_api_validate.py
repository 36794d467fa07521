"""Input is checked before it is sent: the same answer as later, and nothing happens."""

import pytest

from downloads.models import Download

URL = "/api/v1/security/validate"
LINK = "https://www.youtube.com/watch?v=uMfZ9B8iU4E"


def ask(client, kind, value):
    return client.post(URL, {"kind": kind, "value": value}, content_type="application/json")


@pytest.mark.parametrize(
    ("kind", "value", "normalised"),
    [
        ("url", "https://youtu.be/uMfZ9B8iU4E?si=abc", LINK),
        ("file_type", "Lesson 1.MP4", "mp4"),
        ("file_type", "webm", "webm"),
        ("quality", "720p", "720p"),
        ("format", "mkv", "mkv"),
        ("text", "  Frações  ", "Frações"),
        ("json", '{ "a" : [1, 2] }', '{"a":[1,2]}'),
    ],
)
def test_what_would_be_taken_is_good(integrator, kind, value, normalised):
    answer = ask(integrator, kind, value)
    assert answer.status_code == 200
    good = {"valid": True, "normalised": normalised, "code": None, "message": None}
    assert answer.json() == {"kind": kind, **good}
    assert not Download.objects.exists()


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("url", "javascript:alert(1)", "invalid_url"),
        ("url", "http://127.0.0.1/a.mp4", "network.blocked_address"),
        ("url", "http://169.254.169.254/latest", "network.blocked_address"),
        ("file_type", "virus.exe", "file_type_not_allowed"),
        ("file_type", "", "file_type_not_allowed"),
        ("quality", "4k", "invalid_choice"),
        ("format", "../etc", "invalid_choice"),
        ("text", " ", "blank"),
        ("text", "a\0b", "bad_characters"),
        ("text", "x" * 501, "max_length"),
        ("json", '{"a": NaN}', "parse_error"),
        ("json", "[" * 50_000, "parse_error"),
    ],
)
def test_what_would_be_refused_is_said_to_be_with_the_reason(integrator, kind, value, code):
    answer = ask(integrator, kind, value)
    assert answer.status_code == 200
    assert (answer.json()["valid"], answer.json()["code"]) == (False, code)
    assert answer.json()["message"]


def test_what_is_no_question_is_refused(integrator, anonymous):
    assert ask(integrator, "colour", "red").status_code == 400
    assert ask(integrator, "text", 5).status_code == 400
    assert ask(integrator, "text", "x" * 100_001).status_code == 400
    assert ask(anonymous, "text", "x").status_code == 401
