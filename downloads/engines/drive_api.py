"""The calls to Google Drive, each answer in our words."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import quote, urlencode

import requests

from accounts.google import http
from accounts.google.client import GoogleClient
from accounts.google.endpoints import Endpoints
from accounts.google.errors import GoogleError, Reason
from core import links
from downloads.engines import drive_failures, options
from downloads.engines.base import DriveOrder, EngineError, Parent
from downloads.engines.codes import Code
from downloads.engines.context import Context
from downloads.engines.drive_file import FIELDS, DriveFile, is_id, key_of

_PICTURES_FROM = ".googleusercontent.com"


class Tokens:
    """The worker gives them: it alone can read and renew what belongs to an account."""

    def __init__(self, emit: Parent) -> None:
        self._emit = emit
        self._token = ""

    def __call__(self, refused: str = "") -> str:
        if refused or not self._token:
            question = {"event": "ask", "what": "token", "refused": refused}
            self._token = self._emit.ask(question)["token"]
        return self._token


class Drive:
    """Drive as the account of this run sees it."""

    def __init__(self, context: Context) -> None:
        network, limits = context.job["network"], context.job["limits"]
        endpoints = Endpoints(**context.job["google"])
        haste = limits.get("retry_seconds", 1.0)
        self._root = endpoints.drive_root()
        self._client = GoogleClient(
            tokens=Tokens(context.emit),
            session=http.session(
                proxy=network["proxy"], ca_file=network["ca_file"], direct=endpoints.api_root
            ),
            endpoints=endpoints,
            pause=lambda seconds: context.pause(seconds * haste),
            timeout=limits.get("socket_seconds", options.SOCKET_SECONDS),
        )

    def look(self, order: DriveOrder) -> DriveFile:
        """The file, or the one that a shortcut stands for.

        :raises EngineError: Google does not show it
        """
        file = self._get(order["file_id"], key_of(order["resource_key"]))
        return self._get(*file.shortcut_to) if file.shortcut_to else file

    def content(self, file: DriveFile, begin: int) -> requests.Response:
        """Its bytes from `begin` on.

        :raises EngineError: Google does not give them
        """
        wanted = {"Range": f"bytes={begin}-"} if begin else {}
        query = {"alt": "media", "supportsAllDrives": "true"}
        with _refusals():
            return self._stream(file, f"?{urlencode(query)}", wanted)

    def export(self, file: DriveFile, content_type: str) -> requests.Response:
        """A document of Google's own as a file.

        :raises EngineError: Google does not give it
        """
        with _refusals(wrongly_asked=Code.SOURCE_NOT_DOWNLOADABLE):
            return self._stream(file, f"/export?{urlencode({'mimeType': content_type})}", {})

    def picture(self, file: DriveFile) -> requests.Response | None:
        """Google's own picture of a video; the token goes to no host but Google's.

        :raises EngineError: Google does not give it
        """
        address = file.facts.get("thumbnailLink")
        if not isinstance(address, str) or not self._is_googles(address):
            return None
        with _refusals():
            return self._client.stream(address, headers={})

    def _get(self, file_id: str, resource_key: str) -> DriveFile:
        if not is_id(file_id):
            raise EngineError(Code.SOURCE_NOT_FOUND, "this is no id of a file")
        files = self._client.api("drive", "v3").files()
        request = files.get(fileId=file_id, supportsAllDrives=True, fields=FIELDS)
        request.headers.update(_opened_by(file_id, resource_key))
        with _refusals():
            facts = self._client.execute(request)
            if not isinstance(facts, dict):  # the library hands on what is no JSON
                raise GoogleError(Reason.UPSTREAM, "the answer is no description of a file")
        return DriveFile(file_id, resource_key or key_of(facts.get("resourceKey")), facts)

    def _stream(self, file: DriveFile, rest: str, headers: Mapping[str, str]) -> requests.Response:
        url = f"{self._root}drive/v3/files/{quote(file.file_id, safe='')}{rest}"
        opened = _opened_by(file.file_id, file.resource_key)
        return self._client.stream(url, headers={**headers, **opened})

    def _is_googles(self, address: str) -> bool:
        try:
            parts = links.split(address)  # as every client reads it, whatever is written in it
        except links.LinkError:
            return False
        at_google = parts.scheme == "https" and (parts.hostname or "").endswith(_PICTURES_FROM)
        return at_google or address.startswith(self._root)


def _opened_by(file_id: str, resource_key: str) -> dict[str, str]:
    """See https://developers.google.com/drive/api/guides/resource-keys."""
    return {"X-Goog-Drive-Resource-Keys": f"{file_id}/{resource_key}"} if resource_key else {}


@contextmanager
def _refusals(wrongly_asked: Code = Code.INTERNAL) -> Iterator[None]:
    try:
        yield
    except GoogleError as error:
        explained = drive_failures.explain(error)
        if error.reason is Reason.INVALID:
            explained = EngineError(wrongly_asked, explained.detail, retryable=False)
        raise explained from error
