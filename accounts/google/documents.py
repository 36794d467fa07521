"""Google's APIs as its client library builds them, from the descriptions that ship with it."""

import json
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc

# How many calls one batch may hold. The library itself believes in 1,000.
_BATCH_SIZES = {"drive": 100, "classroom": 50}


class _NoTransport:
    """Stands where the library wants an httplib2.Http; requests get theirs when they are made."""

    def request(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError("requests go through GoogleClient.execute")

    def close(self) -> None:
        """Nothing is open."""


@lru_cache
def resource(name: str, version: str, root: str) -> Any:
    """The library's Resource; `root` replaces Google's own if given."""
    return build_from_document(_document(name, version, root), http=_NoTransport())


def batch_address(request: Any) -> str:
    """Where requests to the same API as this one are sent together."""
    parts = urlsplit(request.uri)
    name = _name(request)
    path = "batch/drive/v3" if name == "drive" else "batch"
    return f"{parts.scheme}://{parts.netloc}/{path}"


def batch_size(request: Any) -> int:
    return _BATCH_SIZES[_name(request)]


def _name(request: Any) -> str:
    return str(request.methodId).partition(".")[0]


def _document(name: str, version: str, root: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(get_static_doc(name, version))
    if root:
        document["rootUrl"] = root  # the base, uploads and batches all follow it
        document.pop("mtlsRootUrl", None)
    return document
