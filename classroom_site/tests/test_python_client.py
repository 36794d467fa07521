"""The Python client against a server that fails in every way: what it repeats, and what never."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, get_type_hints, is_typeddict

import pytest
from classroom_client import (
    ApiError,
    Client,
    Conflict,
    Invalid,
    NotFound,
    SecondFactorRequired,
    TooLong,
    TooMany,
    Unauthenticated,
    Unavailable,
    Unreachable,
    answers,
)
from drf_spectacular.generators import SchemaGenerator

PROBLEM = "application/problem+json"
# The name of each answer in the OpenAPI document, where it is not the client's with `Answer`.
NAMES = {"BatchStarted": "DownloadAllAnswer", "DownloadError": "ErrorAnswer"}


class Stage:
    """Answers as it is told, in order, and notes what it was asked."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, Any, dict[str, str]]] = []
        self.asked: list[tuple[str, str, dict[str, str], Any]] = []
        stage = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                body = json.loads(self.rfile.read(length)) if length else None
                stage.asked.append((self.command, self.path, dict(self.headers), body))
                status, told, headers = stage.answers.pop(0)
                raw = told if isinstance(told, bytes) else json.dumps(told).encode()
                self.send_response(status)
                for name, value in {"Content-Length": str(len(raw)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(raw)

            do_GET = do_POST = do_DELETE = answer  # noqa: N815

            def log_message(self, *_words: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.02])
        self._thread.start()

    def will(self, status: int, told: Any = None, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append((status, told if told is not None else {}, named))

    def will_refuse(self, status: int, code: str, **headers: str) -> None:
        problem = {"status": status, "code": code, "detail": "No.", "request_id": "r-1"}
        self.will(status, problem, **headers)

    @property
    def calls(self) -> list[str]:
        return [f"{method} {path}" for method, path, _headers, _body in self.asked]

    def close(self) -> None:
        if not self._thread.is_alive():
            return
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.close()


@pytest.fixture
def client(stage, monkeypatch) -> Iterator[Client]:
    monkeypatch.setattr("classroom_client.transport.time.sleep", lambda seconds: None)
    with Client(stage.url, "cdk_x") as client:
        yield client


def test_a_refusal_is_an_exception_that_tells_all_of_it(client, stage):
    told = {"status": 400, "code": "invalid", "detail": "Wrong.", "request_id": "r-7"}
    errors = [{"field": "url", "code": "required", "message": "Give it."}]
    stage.will(400, {**told, "errors": errors})

    with pytest.raises(Invalid) as refused:
        client.downloads.queue("")

    assert (refused.value.code, refused.value.request_id) == ("invalid", "r-7")
    assert refused.value.errors == errors
    assert str(refused.value) == "400 invalid: Wrong. (request r-7)"


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "not_authenticated", Unauthenticated),
        (401, "second_factor_required", SecondFactorRequired),
        (404, "not_found", NotFound),
        (409, "already_completed", Conflict),
    ],
)
def test_a_refusal_has_the_class_of_its_status(client, stage, status, code, kind):
    stage.will_refuse(status, code)

    with pytest.raises(kind):
        client.downloads.get(7)

    assert stage.calls == ["GET /api/v1/downloads/7"]


def test_what_makes_something_is_repeated_under_the_same_key(client, stage):
    stage.will_refuse(503, "unavailable", Retry_After="1")
    stage.will(201, {"id": 7})

    assert client.downloads.queue("https://example.org/a.mp4")["id"] == 7

    (_, _, first, body), (_, _, second, again) = stage.asked
    assert first["Idempotency-Key"] == second["Idempotency-Key"] != ""
    assert body == again == {"url": "https://example.org/a.mp4"}


def test_what_cannot_be_repeated_safely_is_asked_once(client, stage):
    stage.will_refuse(503, "unavailable", Retry_After="1")

    with pytest.raises(Unavailable):
        client.downloads.retry(7)

    assert len(stage.asked) == 1


def test_who_is_told_to_wait_for_long_is_told_so(client, stage):
    stage.will_refuse(429, "locked", Retry_After="900")

    with pytest.raises(TooMany) as refused:
        client.downloads.get(7)

    assert refused.value.retry_after == 900
    assert len(stage.asked) == 1


def test_three_tries_are_all(client, stage):
    for _ in range(3):
        stage.will_refuse(503, "unavailable", Retry_After="1")

    with pytest.raises(Unavailable):
        client.downloads.get(7)

    assert stage.answers == []


def test_a_site_that_is_away_is_unreachable(client, stage):
    stage.close()

    with pytest.raises(Unreachable):
        client.downloads.get(7)


def test_what_something_in_between_answers_is_an_error_too(client, stage):
    stage.will(404, b"<h1>nginx</h1>")

    with pytest.raises(NotFound) as refused:
        client.downloads.get(7)

    assert refused.value.code == "unexpected"


def test_a_redirect_is_not_followed_with_the_key(client, stage):
    stage.will(302, b"", Location="http://127.0.0.1:9/")

    with pytest.raises(ApiError) as refused:
        client.downloads.get(7)

    assert refused.value.status == 302


def test_lists_are_read_page_by_page_as_they_are_used(client, stage):
    stage.will(200, {"results": [{"id": 3}, {"id": 2}], "total": 3})
    stage.will(200, {"results": [{"id": 1}], "total": 3})

    assert [one["id"] for one in client.downloads.find(status="failed")] == [3, 2, 1]

    assert stage.calls == [
        "GET /api/v1/downloads?status=failed&limit=200&offset=0",
        "GET /api/v1/downloads?status=failed&limit=200&offset=2",
    ]


def test_lists_of_courses_go_on_by_their_token(client, stage):
    stage.will(200, {"results": [{"id": 1}], "next_page_token": "t2"})
    stage.will(200, {"results": [{"id": 2}], "next_page_token": None})

    assert [one["id"] for one in client.courses.find(tenant_id="azul")] == [1, 2]

    assert stage.calls[1] == "GET /api/v1/courses?tenant_id=azul&page_token=t2"


def test_waiting_ends(client, stage):
    stage.will(200, {"status": "running"})

    with pytest.raises(TooLong):
        client.downloads.wait(7, within=0)


def tokens(number: int, expires_in: int = 1800) -> dict[str, Any]:
    return {
        "access_token": f"a{number}",
        "refresh_token": f"r{number}",
        "expires_in": expires_in,
        "token_type": "Bearer",
    }


def bearers(stage: Stage) -> list[str | None]:
    return [headers.get("Authorization") for _, _, headers, _ in stage.asked]


def test_tokens_that_run_out_are_renewed_before_and_after(stage):
    stage.will(200, tokens(1, expires_in=20))  # as good as over
    client = Client.sign_in(stage.url, login="ana", password="giz", otp="123456")
    stage.will(200, tokens(2))
    stage.will(200, {"id": 7})
    client.downloads.get(7)
    stage.will_refuse(401, "invalid_token")
    stage.will(200, tokens(3))
    stage.will(200, {"id": 7})
    client.downloads.get(7)
    stage.will(204)
    client.sign_out()
    client.close()

    assert stage.asked[0][3] == {"login": "ana", "password": "giz", "otp": "123456"}
    assert stage.calls[1:6:2] == [
        "POST /api/v1/auth/refresh",
        *["GET /api/v1/downloads/7"],
        "GET /api/v1/downloads/7",
    ]
    assert bearers(stage) == [None, None, "Bearer a2", "Bearer a2", None, "Bearer a3", None]
    assert stage.asked[-1][3] == {"refresh_token": "r3"}


def test_a_file_that_did_not_arrive_whole_is_not_kept(client, stage, tmp_path):
    stage.will(200, {"file": {"sha256": "0" * 64}})
    stage.will(200, b"half")

    with pytest.raises(Unreachable):
        client.videos.save(7, tmp_path / "lesson.mp4")

    assert list(tmp_path.glob("lesson*")) == []


def test_its_types_say_what_the_api_answers():
    schemas = SchemaGenerator().get_schema(request=None, public=True)["components"]["schemas"]
    named = {name: kind for name, kind in vars(answers).items() if is_typeddict(kind)}

    assert len(named) > 10
    for name, kind in named.items():
        schema = schemas[NAMES.get(name, f"{name}Answer")]
        told = get_type_hints(kind)
        assert set(told) <= set(schema["required"]), name
        for field, hint in told.items():
            nullable = "null" in str(schema["properties"][field])
            assert (type(None) in getattr(hint, "__args__", ())) == nullable, f"{name}.{field}"
