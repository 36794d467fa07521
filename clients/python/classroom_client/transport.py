"""Requests to one site: who asks, what is asked again, and refusals as exceptions."""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import requests

from classroom_client.errors import ApiError, TooLong, TooMany, Unavailable, Unreachable, refusal

_PREFIX = "/api/v1"
_LONGEST_PAUSE = 30.0
_SAFE = frozenset({"GET", "HEAD", "DELETE", "PUT"})  # asked twice they do no more than once


class Identity(Protocol):
    """Who asks."""

    def token(self) -> str:
        """What goes behind `Bearer`."""

    def renew(self, refused: str) -> bool:
        """After a 401 to `refused`: whether there is another token to try."""


class Key:
    """An API key. It is good until it is revoked or expires."""

    def __init__(self, key: str) -> None:
        self._key = key

    def token(self) -> str:
        return self._key

    def renew(self, refused: str) -> bool:
        return False


class Transport:
    def __init__(self, url: str, *, timeout: float, tries: int) -> None:
        self.url = url.rstrip("/")
        self.identity: Identity | None = None
        self.timeout = timeout
        self.tries = tries
        self._session = requests.Session()

    def get(self, path: str, **query: Any) -> Any:
        return self.request("GET", path, params=_query(query)).json()

    def post(self, path: str, body: Mapping[str, Any] | None = None, **query: Any) -> Any:
        """Asked once only, because asked twice it might be done twice."""
        given = _without_none(body or {})
        return self.request("POST", path, json=given, params=_query(query)).json()

    def make(
        self, path: str, body: Mapping[str, Any], *, idempotency_key: str = "", **query: Any
    ) -> Any:
        """POST what makes something: under a key, so that it can be asked again safely."""
        headers = {"Idempotency-Key": idempotency_key or uuid.uuid4().hex}
        given = _without_none(body)
        answer = self.request("POST", path, json=given, headers=headers, params=_query(query))
        return answer.json()

    def delete(self, path: str, **query: Any) -> None:
        self.request("DELETE", path, params=_query(query))

    def each(self, path: str, **query: Any) -> Iterator[Any]:
        """Every row of a list that is counted by `limit` and `offset`."""
        offset = 0
        while True:
            page = self.get(path, **query, limit=200, offset=offset)
            yield from page["results"]
            offset += len(page["results"])
            if not page["results"] or offset >= page["total"]:
                return

    def each_by(self, token: str, answer: str, path: str, **query: Any) -> Iterator[Any]:
        """Every row of a list that names its next page."""
        following: Any = None
        while True:
            page = self.get(path, **query, **{token: following})
            yield from page["results"]
            following = page[answer]
            if following is None:
                return

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """One request, again after a failure that passes; `path` is below /api/v1.

        `stream=True` leaves the body to be read; close the answer then.
        """
        repeatable = method in _SAFE or "Idempotency-Key" in (options.get("headers") or {})
        left = self.tries if repeatable else 1
        while True:
            left -= 1
            try:
                return self._with_identity(method, path, **options)
            except Unreachable:
                if left < 1:
                    raise
                time.sleep(0.5)
            except (TooMany, Unavailable) as later:
                pause = later.retry_after or 1.0
                if left < 1 or pause > _LONGEST_PAUSE:
                    raise
                time.sleep(pause)

    def _with_identity(self, method: str, path: str, **options: Any) -> requests.Response:
        if self.identity is None:
            return self._once(method, path, "", **options)
        token = self.identity.token()
        try:
            return self._once(method, path, token, **options)
        except ApiError as error:
            if error.status != 401 or not self.identity.renew(token):
                raise
        return self._once(method, path, self.identity.token(), **options)

    def _once(self, method: str, path: str, token: str, **options: Any) -> requests.Response:
        headers = {"Accept": "application/json", **(options.pop("headers", None) or {})}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        options.setdefault("timeout", self.timeout)
        url = f"{self.url}{_PREFIX}{path}"
        try:
            answer = self._session.request(
                method, url, headers=headers, allow_redirects=False, **options
            )
        except requests.RequestException as failure:
            raise Unreachable(f"{method} {url}: {failure}") from failure
        if answer.status_code >= 300:
            raise _refusal(answer)
        return answer

    def close(self) -> None:
        self._session.close()


def wait(
    look: Callable[[], Any], done: Callable[[Any], bool], *, within: float, every: float
) -> Any:
    """What `look` answers once it is done.

    :raises TooLong: it is not after `within` seconds
    """
    deadline = time.monotonic() + within
    while not done(found := look()):
        if time.monotonic() + every > deadline:
            raise TooLong(f"Not done within {within:g} s; last: {found!r}")
        time.sleep(every)
    return found


def _query(query: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in query.items()
        if value is not None
    }


def _without_none(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}


def _refusal(answer: requests.Response) -> ApiError:
    """The API's own problem, or one made of what a proxy in between has answered."""
    try:
        problem = dict(answer.json())
    except ValueError:
        problem = {}
    answer.close()
    plain = {
        "status": answer.status_code,
        "code": "unexpected",
        "detail": answer.reason or "Not an answer of the API.",
    }
    try:
        retry_after = float(answer.headers["Retry-After"])
    except (KeyError, ValueError):
        retry_after = None
    return refusal({**plain, **problem}, retry_after=retry_after)
