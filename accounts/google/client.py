"""Google's APIs by Google's own client library, over sessions of ours.

The library's transport (httplib2) is not thread-safe, and its retries can neither be cancelled nor
do they know Retry-After: so it only builds requests and reads answers here.
"""

import random
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import islice
from typing import Any, Protocol, TypeVar

import httplib2
import requests
from googleapiclient.errors import BatchError, HttpError
from googleapiclient.http import BatchHttpRequest

from accounts.google import documents
from accounts.google.endpoints import Endpoints
from accounts.google.errors import GoogleError, Reason, of_answer
from accounts.google.limiter import Limiter

TRIES = 5
_LONGEST_PAUSE = 32.0
# Whoever is told to wait longer than this does better to come back later.
_PATIENCE = 64.0
_CONNECT_SECONDS = 10.0

Answer = TypeVar("Answer")
Answers = dict[str, Any | GoogleError]


class TokenSource(Protocol):
    def __call__(self, refused: str = "") -> str:
        """A valid access token; `refused` is one that Google has just answered 401 to.

        :raises GoogleError: NEEDS_CONSENT, or a transient one
        """


class GoogleClient:
    """Calls with the tokens of one account; an instance may be shared by threads.

    The token is put on each call and never kept in the session.
    """

    def __init__(
        self,
        *,
        tokens: TokenSource,
        session: requests.Session,
        endpoints: Endpoints,
        limiter: Limiter | None = None,
        pause: Callable[[float], None] = time.sleep,
        timeout: float = 20.0,
    ) -> None:
        self.calls = 0
        self._tokens = tokens
        self._session = session
        self._endpoints = endpoints
        self._limiter = limiter
        self._pause = pause
        self._timeout = (min(timeout, _CONNECT_SECONDS), timeout)

    def api(self, name: str, version: str) -> Any:
        """An API as the library offers it; its requests are for `execute` and `batch`."""
        return documents.resource(name, version, self._endpoints.api_root)

    def execute(self, request: Any) -> Any:
        """The answer to one request; what passes by itself is tried again.

        :raises GoogleError: Google refuses, or still did not answer at the last try
        """
        return self._patiently(partial(_executed, request))

    def batch(self, requests: Mapping[str, Any]) -> Answers:
        """Many requests to one API, as many at once as it takes; each has its answer or its error.

        :raises GoogleError: the account cannot be used at all, or no answer came
        """
        answers: Answers = {}
        waiting = iter(requests.items())
        size = documents.batch_size(next(iter(requests.values()))) if requests else 0
        while group := dict(islice(waiting, size)):
            answers |= self._answer_group(group)
        return answers

    def stream(self, url: str, *, headers: Mapping[str, str]) -> requests.Response:
        """An answer whose body is not read yet; 416 is an answer, too. No retry but after a 401.

        :raises GoogleError: Google refuses, or does not answer
        """
        call = _Call(self, self._tokens())
        plain = {**headers, "Accept-Encoding": "identity"}
        response = call.send("GET", url, headers=plain, stream=True)
        if response.status_code == 416 or response.status_code < 300:
            return response
        with response:
            raise _refusal(response)

    def close(self) -> None:
        self._session.close()

    def send(
        self,
        method: str,
        url: str,
        *,
        token: str,
        cost: int,
        headers: Mapping[str, str],
        **how: Any,
    ) -> requests.Response:
        """One HTTP request when its turn has come. Answers of any status are returned.

        :raises GoogleError: UNREACHABLE
        """
        if self._limiter:
            self._limiter.take(cost, pause=self._pause)
        self.calls += 1
        signed = {**headers, "Authorization": f"Bearer {token}"}
        try:
            return self._session.request(
                method, url, headers=signed, timeout=self._timeout, allow_redirects=False, **how
            )
        except requests.RequestException as error:
            raise GoogleError(Reason.UNREACHABLE, type(error).__name__) from None

    def new_token(self, refused: str) -> str:
        return self._tokens(refused=refused)

    def _patiently(self, work: Callable[["_Call"], Answer], *, cost: int = 1) -> Answer:
        for attempt in range(TRIES):
            token = self._tokens()  # whose failures are not for us to try again
            try:
                return work(_Call(self, token, cost))
            except GoogleError as error:
                delay = _delay(attempt, [error])
                if delay is None:
                    raise
            self._pause(delay)
        raise AssertionError

    def _answer_group(self, group: Mapping[str, Any]) -> Answers:
        """Those whose own answer says "later" are asked again."""
        answers: Answers = {}
        waiting = dict(group)
        for attempt in range(TRIES):
            work = partial(_batch_executed, waiting)
            answers |= self._patiently(work, cost=len(waiting))
            failed = {key: one for key, one in answers.items() if isinstance(one, GoogleError)}
            _stop_at_dead_account(failed.values())
            waiting = {key: group[key] for key, error in failed.items() if error.is_transient}
            delay = _delay(attempt, [failed[key] for key in waiting])
            if delay is None:
                break
            self._pause(delay)
        return answers


class _Call:
    """What the library takes for an httplib2.Http; one for each call, so nothing is shared."""

    def __init__(self, client: GoogleClient, token: str, cost: int = 1) -> None:
        self._client = client
        self._token = token
        self._cost = cost
        self._used = False

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str], **how: Any
    ) -> requests.Response:
        """One request, and the same once more with a new token if the first is refused."""
        response = self._send(method, url, headers=headers, **how)
        if response.status_code == 401:
            response.close()
            self._token = self._client.new_token(self._token)
            response = self._send(method, url, headers=headers, **how)
        return response

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> tuple[httplib2.Response, bytes]:
        if self._used:  # the library repeats what was refused within a batch
            self._token = self._client.new_token(self._token)
        self._used = True
        response = self.send(method, uri, data=body, headers=headers or {})
        answer = httplib2.Response({**response.headers, "status": str(response.status_code)})
        answer.reason = response.reason or ""
        return answer, response.content

    def _send(self, method: str, url: str, **how: Any) -> requests.Response:
        return self._client.send(method, url, token=self._token, cost=self._cost, **how)


def _executed(request: Any, call: _Call) -> Any:
    try:
        answer = request.execute(http=call, num_retries=0)
    except HttpError as error:
        raise _meaning(error) from None
    except (ValueError, RecursionError):
        raise _not_json() from None
    if _is_page(answer):
        raise _not_json()
    return answer


def _batch_executed(group: Mapping[str, Any], call: _Call) -> Answers:
    """By short ids of its own: the library folds the header of a long one."""
    answers: Answers = {}
    keys = list(group)

    def keep(number: str, answer: Any, error: HttpError | None) -> None:
        key = keys[int(number)]
        if error:
            answers[key] = _meaning(error)
        else:
            answers[key] = _not_json() if _is_page(answer) else answer

    batch = BatchHttpRequest(keep, documents.batch_address(next(iter(group.values()))))
    for number, request in enumerate(group.values()):
        batch.add(request, request_id=str(number))
    try:
        batch.execute(http=call)
    except HttpError as error:
        raise _meaning(error) from None
    except (BatchError, LookupError, ValueError, AttributeError, RecursionError):
        raise GoogleError(Reason.UPSTREAM, "The answer is not a batch.") from None
    return answers


def _is_page(answer: Any) -> bool:
    """The library hands on as a text what it cannot read."""
    return isinstance(answer, str) and answer != ""


def _not_json() -> GoogleError:
    return GoogleError(Reason.UPSTREAM, "The answer is not JSON.")


def _meaning(error: HttpError) -> GoogleError:
    headers = {"Retry-After": error.resp.get("retry-after", "")}
    return of_answer(error.status_code, error.content, headers)


def _refusal(response: requests.Response) -> GoogleError:
    try:
        body = b"".join(islice(response.iter_content(1 << 16), 16))
    except requests.RequestException:
        body = b""
    return of_answer(response.status_code, body, response.headers)


def _stop_at_dead_account(errors: Iterable[GoogleError]) -> None:
    for error in errors:
        if error.reason == Reason.NEEDS_CONSENT:
            raise error


def _delay(attempt: int, errors: Iterable[GoogleError]) -> float | None:
    """How long to wait before the next try; None: there is nothing to try again, or too late."""
    asked = [error.retry_after or 0.0 for error in errors if error.is_transient]
    if not asked or attempt == TRIES - 1 or max(asked) > _PATIENCE:
        return None
    jitter = random.random()  # noqa: S311 - no secret
    return max(min(2.0**attempt + jitter, _LONGEST_PAUSE), max(asked) + jitter)
