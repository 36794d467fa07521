"""Every route of the site, as the tables write it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True, slots=True)
class Route:
    path: str  # /library/{video_id}
    view: Any
    entry: URLPattern

    @property
    def api_class(self) -> Any:
        """The class behind an endpoint; None for a page."""
        return getattr(self.view, "cls", None)

    @property
    def methods(self) -> list[str]:
        """What an endpoint answers; HEAD is a GET without the body."""
        return [one.upper() for one in ("get", "post", "put", "patch", "delete") if self._has(one)]

    def _has(self, method: str) -> bool:
        return method in self.api_class.http_method_names and hasattr(self.api_class, method)


def routes() -> list[Route]:
    return list(_walk(get_resolver(), "/"))


def _walk(resolver: URLResolver, prefix: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        path = prefix + _written(entry)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, path)
        else:
            yield Route(path, entry.callback, entry)


def _written(entry: URLPattern | URLResolver) -> str:
    text = re.sub(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>", r"{\1\2}", str(entry.pattern))
    return re.sub(r"\(\?:[^)]*\)|\\Z|[$^]", "", text)
