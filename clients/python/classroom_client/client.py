"""The door to one installation."""

from typing import Any, Self

import requests

from classroom_client import signing_in
from classroom_client.courses import Courses, Credentials
from classroom_client.downloads import Batches, Downloads
from classroom_client.transport import Key, Transport
from classroom_client.videos import Videos


class Client:
    """With an API key, or signed in as a person by `Client.sign_in`. Close it, or use `with`."""

    def __init__(self, url: str, key: str = "", *, timeout: float = 30, tries: int = 3) -> None:
        self._transport = Transport(url, timeout=timeout, tries=tries)
        self._signed_in: signing_in.SignedIn | None = None
        if key:
            self._transport.identity = Key(key)
        self.downloads = Downloads(self._transport)
        self.batches = Batches(self._transport)
        self.credentials = Credentials(self._transport)
        self.courses = Courses(self._transport)
        self.videos = Videos(self._transport)

    @classmethod
    def sign_in(
        cls, url: str, *, login: str, password: str, otp: str = "", timeout: float = 30
    ) -> Self:
        """As a person. `otp` is the code of the second factor, for who has one.

        :raises SecondFactorRequired: `otp` is missing or wrong
        :raises Unauthenticated: name or password is
        :raises TooMany: too often; wait for its `retry_after`
        """
        client = cls(url, timeout=timeout)
        client._signed_in = signing_in.sign_in(
            client._transport, login=login, password=password, otp=otp
        )
        client._transport.identity = client._signed_in
        return client

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """Whatever else the API has: `path` is below /api/v1, `options` are those of requests."""
        return self._transport.request(method, path, **options)

    def sign_out(self) -> None:
        """End the sign-in; a key goes on."""
        if self._signed_in is not None:
            self._signed_in.end()
            self._signed_in = self._transport.identity = None

    def close(self) -> None:
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()
