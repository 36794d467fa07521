"""The client of Google's APIs: what it repeats, how long it waits, what it never does."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import pytest

from accounts.google import http
from accounts.google.client import GoogleClient
from accounts.google.endpoints import endpoints
from accounts.google.errors import GoogleError, Reason
from accounts.google.limiter import Limiter
from accounts.google.scopes import Bundle, to_ask_for
from accounts.tests.browsing import ANA

SCOPES = to_ask_for([Bundle.CLASSROOM, Bundle.DRIVE])


class Account:
    """Ana's tokens, and how the client asked for them."""

    def __init__(self, google: Any) -> None:
        self._google = google
        self.token = google.issue(ANA, SCOPES)
        self.refused: list[str] = []

    def __call__(self, refused: str = "") -> str:
        if refused == self.token:
            self.refused.append(refused)
            self.token = self._google.issue(ANA, SCOPES)
        return self.token


@pytest.fixture
def account(google) -> Account:
    google.course("c1", "Math", ANA)
    google.course("c2", "Art", ANA)
    return Account(google)


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def client(google, account, pauses) -> GoogleClient:
    return connect(google, account, pause=pauses.append)


def connect(google: Any, account: Account, **how: Any) -> GoogleClient:
    session = http.session(proxy="", ca_file="")
    where = endpoints(google.origin)
    return GoogleClient(tokens=account, session=session, endpoints=where, **how)


def courses(client: GoogleClient) -> Any:
    return client.execute(client.api("classroom", "v1").courses().list())["courses"]


def files(client: GoogleClient, ids: list[str]) -> dict[str, Any]:
    drive = client.api("drive", "v3")
    return {one: drive.files().get(fileId=one, fields="id,size") for one in ids}


def refusal(work: Callable[[], Any]) -> GoogleError:
    with pytest.raises(GoogleError) as refused:
        work()
    return refused.value


def test_it_brings_what_google_answers(client):
    assert {one["name"] for one in courses(client)} == {"Math", "Art"}
    assert client.calls == 1


def test_a_refused_token_is_renewed_once_and_the_call_repeated_once(
    client, account, google, pauses
):
    first = account.token
    google.expire_tokens()

    assert len(courses(client)) == 2
    assert (client.calls, account.refused, pauses) == (2, [first], [])


def test_when_the_new_token_is_refused_too_it_stops(client, account, google):
    google.fail("GET /v1/courses", "unauthenticated", times=-1)

    assert refusal(lambda: courses(client)).reason == Reason.NEEDS_CONSENT
    assert (client.calls, len(account.refused)) == (2, 1)


@pytest.mark.parametrize("error", ["rate", "rate403", "unavailable", "internal", "hang_up"])
def test_what_passes_by_itself_is_tried_again(client, google, pauses, error):
    google.fail("GET /v1/courses", error, times=2)

    assert len(courses(client)) == 2
    assert client.calls == 3
    assert [1 <= pauses[0] < 2, 2 <= pauses[1] < 3] == [True, True]


def test_it_gives_up_after_five_tries(client, google, pauses):
    google.fail("GET /v1/courses", "unavailable", times=-1)

    error = refusal(lambda: courses(client))
    assert (error.reason, error.status) == (Reason.UPSTREAM, 503)
    assert client.calls == 5
    assert [int(pause) for pause in pauses] == [1, 2, 4, 8]


def test_it_waits_no_less_than_it_is_told_and_never_quite_the_same(client, google, pauses):
    for _ in range(8):
        google.fail("GET /v1/courses", "rate", headers={"Retry-After": "7"})
        courses(client)

    assert all(7 <= pause < 8 for pause in pauses)
    assert len(set(pauses)) == 8


def test_it_does_not_sit_out_an_hour(client, google, pauses):
    google.fail("GET /v1/courses", "rate", headers={"Retry-After": "600"})

    error = refusal(lambda: courses(client))
    assert (error.reason, error.retry_after, pauses) == (Reason.RATE_LIMITED, 600.0, [])


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("scope", Reason.MISSING_SCOPE),
        ("forbidden", Reason.NO_ACCESS),
        ("api_disabled", Reason.BLOCKED_BY_ADMIN),
        ("not_found", Reason.GONE),
        ("quota_download", Reason.QUOTA),
        ("no_download", Reason.NOT_DOWNLOADABLE),
        ("abuse", Reason.ABUSIVE),
    ],
)
def test_a_refusal_is_not_asked_for_twice(client, google, pauses, error, reason):
    google.fail("GET /v1/courses", error, times=-1)

    assert refusal(lambda: courses(client)).reason == reason
    assert (client.calls, pauses) == (1, [])


def test_a_page_instead_of_an_answer_is_an_error_of_googles(client, google):
    google.fail("GET /v1/courses", "not_json", times=-1)

    assert refusal(lambda: courses(client)).reason == Reason.UPSTREAM


def test_a_batch_is_one_call_and_one_lost_file_spoils_nothing(client, google):
    ids = [f"file-{number}" for number in range(120)]
    for one in ids:
        google.file(one, "Lesson.mp4", "video/mp4", content=b"abc", owner=ANA)

    found = client.batch(files(client, [*ids, "gone"]))
    assert client.calls == 2
    assert [found[one]["size"] for one in ids] == ["3"] * 120
    assert found["gone"].reason == Reason.GONE


def test_only_what_was_held_up_in_a_batch_is_asked_for_again(client, google, pauses):
    for one in ("a", "b"):
        google.file(one, "Lesson.mp4", "video/mp4", content=b"abc", owner=ANA)
    google.fail("GET /drive/v3/files/a", "rate403")

    found = client.batch(files(client, ["a", "b"]))
    assert {one: answer["id"] for one, answer in found.items()} == {"a": "a", "b": "b"}
    assert (client.calls, len(pauses)) == (2, 1)
    assert google.calls("/drive/v3/files/b") == 1


def test_a_batch_with_an_old_token_renews_it_once(client, account, google):
    google.file("a", "Lesson.mp4", "video/mp4", content=b"abc", owner=ANA)
    google.expire_tokens()

    assert client.batch(files(client, ["a"]))["a"]["id"] == "a"
    assert (client.calls, len(account.refused)) == (2, 1)


def test_an_empty_batch_asks_nothing(client):
    assert (client.batch({}), client.calls) == ({}, 0)


def test_a_stream_begins_where_it_is_told(client, google):
    google.file("a", "Lesson.mp4", "video/mp4", content=b"0123456789", owner=ANA)
    address = f"{google.origin}/drive/v3/files/a?alt=media"

    with client.stream(address, headers={"Range": "bytes=4-"}) as answer:
        assert (answer.status_code, answer.content) == (206, b"456789")
    with client.stream(address, headers={"Range": "bytes=10-"}) as answer:
        assert answer.status_code == 416


def test_a_stream_renews_an_old_token_once(client, account, google):
    google.file("a", "Lesson.mp4", "video/mp4", content=b"0123456789", owner=ANA)
    google.expire_tokens()

    with client.stream(f"{google.origin}/drive/v3/files/a?alt=media", headers={}) as answer:
        assert answer.content == b"0123456789"
    assert (client.calls, len(account.refused)) == (2, 1)


def test_a_stream_that_is_refused_says_why(client, google):
    facts = {"content": b"0", "owner": "prof@escola.example", "readers": [ANA]}
    google.file("a", "L.mp4", "video/mp4", can_download=False, **facts)

    address = f"{google.origin}/drive/v3/files/a?alt=media"
    error = refusal(lambda: client.stream(address, headers={}))
    assert (error.reason, error.status) == (Reason.NOT_DOWNLOADABLE, 403)


def test_threads_may_share_it_and_each_gets_its_own_answer(google, account):
    for number in range(40):
        google.file(f"f{number}", "L.mp4", "video/mp4", content=b"x" * number, owner=ANA)
    client = connect(google, account)
    wanted = files(client, [f"f{number}" for number in range(40)])

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(client.execute, wanted.values()))
    assert [one["size"] for one in found] == [str(number) for number in range(40)]


def test_nobody_is_reached_and_no_token_is_told(google, account, pauses):
    nowhere = endpoints("http://127.0.0.1:9")
    client = GoogleClient(
        tokens=account,
        session=http.session(proxy="", ca_file=""),
        endpoints=nowhere,
        pause=pauses.append,
    )

    error = refusal(lambda: courses(client))
    assert error.reason == Reason.UNREACHABLE
    assert account.token not in f"{error!r} {error.detail}"


def test_the_operators_proxy_is_used_but_not_towards_a_google_of_his_own(google, account, pauses):
    import_module("downloads.engines.session")  # yt-dlp changes how requests looks for a proxy
    proxied = http.session(proxy="http://127.0.0.1:9", ca_file="")
    direct = http.session(proxy="http://127.0.0.1:9", ca_file="", direct=google.origin)
    where = endpoints(google.origin)

    lost = GoogleClient(tokens=account, session=proxied, endpoints=where, pause=pauses.append)
    assert refusal(lambda: courses(lost)).reason == Reason.UNREACHABLE
    found = GoogleClient(tokens=account, session=direct, endpoints=where)
    assert len(courses(found)) == 2


def test_an_authority_of_the_operators_is_trusted_besides_the_public_ones(played):
    session = http.session(proxy=played.proxy, ca_file=played.ca_file)

    answer = session.get("https://videos.example/", timeout=5, allow_redirects=False)
    assert answer.status_code < 500
    session.close()


def test_the_environment_decides_nothing(monkeypatch, client):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")

    assert len(courses(client)) == 2


def test_calls_beyond_a_seconds_worth_wait_for_their_turn():
    now, waited = [100.0], []
    limiter = Limiter(10, clock=lambda: now[0])

    def pause(seconds: float) -> None:
        waited.append(round(seconds, 3))
        now[0] += seconds

    for _ in range(11):
        limiter.take(pause=pause)
    assert waited == []
    limiter.take(pause=pause)
    limiter.take(50, pause=pause)
    limiter.take(pause=pause)
    assert waited == [0.1, 0.1, 5.0]


def test_a_limit_holds_for_all_threads_together():
    lock, waited = threading.Lock(), []

    def pause(seconds: float) -> None:
        with lock:
            waited.append(seconds)

    limiter = Limiter(10, clock=lambda: 100.0)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: limiter.take(pause=pause), range(40)))
    assert max(waited) == pytest.approx(2.9, abs=0.01)
    assert len(waited) == 29
