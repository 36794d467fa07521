"""HTTP sessions towards Google: through the operator's proxy, trusting his authorities as well."""

import ssl
from collections.abc import Callable
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import certifi
import requests
from requests.adapters import HTTPAdapter

# A hundred coursework of the longest kind are a quarter of it.
MOST_BYTES = 64 << 20
_PIECE_BYTES = 1 << 16


class _Adapter(HTTPAdapter):
    """Trusts the authorities of a file besides the public ones; `direct` knows of no proxy.

    A session could leave a host out of its proxies, but yt-dlp, where it is loaded, replaces the
    function that looks for that.
    """

    def __init__(self, ca_file: str, *, direct: bool = False) -> None:
        self._direct = direct
        self._context = ssl.create_default_context(cafile=certifi.where())
        if ca_file:
            self._context.load_verify_locations(ca_file)
        super().__init__()

    def send(self, request: Any, *args: Any, **kwargs: Any) -> requests.Response:
        if self._direct:
            kwargs["proxies"] = {}
        return super().send(request, *args, **kwargs)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=self._context)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        return super().proxy_manager_for(proxy, **kwargs, ssl_context=self._context)


class _Session(requests.Session):
    """Reads no answer without end; a stream is its reader's matter."""

    def __init__(self, tell: Callable[[int | None], None]) -> None:
        super().__init__()
        self._tell = tell

    def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:
        try:
            response = self._send(request, **how)
        except requests.RequestException:
            self._tell(None)
            raise
        self._tell(response.status_code)
        return response

    def _send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:
        if how.get("stream"):
            return super().send(request, **how)
        response = super().send(request, **{**how, "stream": True})
        with response:
            response._content = _bounded(response)  # noqa: SLF001 - where requests keeps it
        return response


def _bounded(response: requests.Response) -> bytes:
    """:raises requests.RequestException: it does not end"""
    body = bytearray()
    for piece in response.iter_content(_PIECE_BYTES):
        body += piece
        if len(body) > MOST_BYTES:
            raise requests.exceptions.ContentDecodingError("the answer is too long")
    return bytes(body)


def session(
    *,
    proxy: str,
    ca_file: str,
    direct: str = "",
    tell: Callable[[int | None], None] = lambda _: None,
) -> requests.Session:
    """A session that remembers nothing and reads nothing from the environment.

    `direct` is an origin that is reached without the proxy. `tell` hears the status of every
    answer, None where there was none.
    """
    made = _Session(tell)
    made.trust_env = False
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    if ca_file:
        made.mount("https://", _Adapter(ca_file))
    if proxy:
        made.proxies = {"http": proxy, "https": proxy}
    if direct:
        made.mount(f"{direct.rstrip('/')}/", _Adapter(ca_file, direct=True))
    return made
