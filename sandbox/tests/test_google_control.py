"""The Google told from another process what to play, and what it tells back."""

import pytest
import requests

from sandbox.tests.googling import DRIVE, TEACHER


@pytest.fixture
def post(sandbox, google):
    def send(what, value=None):
        return requests.post(f"{sandbox.origin}/_sandbox/google/{what}", json=value)

    return send


def test_a_school_is_made_and_asked_from_afar(sandbox, google, post):
    steps = [
        ["course", {"id": "c1", "name": "Artes", "owner": TEACHER}],
        ["item", {"course": "c1", "kind": "announcements", "id": "a1", "text": "Oi"}],
        ["file", {"id": "f1", "name": "a.mp4", "mime": "video/mp4", "size": 100_000}],
        ["set", {"endless_pages": ["courses"], "token_ttl": 60, "rotate_refresh_tokens": True}],
        ["issue", {"email": TEACHER, "scopes": [DRIVE]}],
    ]
    token = post("do", steps).json()[-1]

    assert google.courses["c1"].items["announcements"][0].fields["text"] == "Oi"
    assert google.files["f1"].content.size == 100_000
    assert (google.endless_pages, google.token_ttl) == ({"courses"}, 60)
    assert google.rotate_refresh_tokens
    assert requests.get(f"{sandbox.origin}/_sandbox/google/tokens").json() == [token]
    assert post("do", [["answer", {}]]).status_code == 400
    assert post("do", [["set", {"wrong": 1}]]).status_code == 400
    sandbox.log.reset()


def test_faults_are_ordered_and_calls_read_from_afar(sandbox, google, post):
    post("fail", {"match": "GET /v1/courses", "error": "rate", "headers": {"Retry-After": "1"}})

    answer = requests.get(f"{sandbox.origin}/v1/courses?pageSize=1")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    log = requests.get(f"{sandbox.origin}/_sandbox/google/log?path=/v1/").json()
    assert [(one["method"], one["path"], one["query"]) for one in log] == [
        ("GET", "/v1/courses", "pageSize=1")
    ]


def test_it_starts_anew(sandbox, google, post):
    google.issue(TEACHER, [DRIVE])

    assert post("reset").json() == {}
    assert (google.users, google.tokens(), google.log) == ({}, [], [])
    assert requests.get(f"{sandbox.origin}/_sandbox/google/nothing").status_code == 404


def test_unknown_addresses_are_googles_404(sandbox, google):
    answer = requests.get(f"{sandbox.origin}/v1/nothing")

    assert answer.json()["error"]["status"] == "NOT_FOUND"
