"""What a guarded child runs to tell which links lead to videos.

A link is `web` when a page of one video of a site that yt-dlp knows is behind it, and `direct`
when its server says that it sends film or sound. Nothing is fetched: HEAD requests, whose every
connection passes the child's guard.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any
from urllib.parse import urljoin

import requests
from yt_dlp.extractor import gen_extractor_classes  # noqa: TID251 - it has no network of its own

from accounts.google import http
from core import links

_AT_ONCE = 8
_MOST_REDIRECTS = 5
_SECONDS = 5.0
_MEDIA = ("video/", "audio/")
_AGENT = "Mozilla/5.0 (compatible; ClassroomDownloader)"

Emit = Callable[[dict[str, Any]], None]


def run(job: dict[str, Any], emit: Emit) -> None:
    """Answers each of job["urls"] by its place, as soon as it is known."""
    unknown = []
    for place, url in enumerate(job["urls"]):
        if _is_video_page(url):
            emit(_answer(place, "web"))
        else:
            unknown.append((place, url))
    _ask(unknown, job["network"], emit)
    emit({"event": "done"})


def _ask(unknown: Iterable[tuple[int, str]], network: dict[str, Any], emit: Emit) -> None:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        asked = {pool.submit(_sends_media, url, network): place for place, url in unknown}
        for future in as_completed(asked):
            emit(_answer(asked[future], "direct" if future.result() else ""))


def _answer(place: int, source: str) -> dict[str, Any]:
    return {"event": "link", "place": place, "source": source}


def _is_video_page(url: str) -> bool:
    """Whether a site of yt-dlp's own list has one video there; lists and channels are none."""
    return any(
        extractor.is_single_video(url)
        for extractor in gen_extractor_classes()
        if extractor.ie_key() != "Generic" and extractor.suitable(url)
    )


def _sends_media(url: str, network: dict[str, Any]) -> bool:
    with http.session(proxy=network["proxy"], ca_file=network["ca_file"]) as session:
        session.headers["User-Agent"] = _AGENT
        try:
            return _content_type(session, url).startswith(_MEDIA)
        except (OSError, ValueError):  # no answer, a refused address, or one that is none
            return False


def _content_type(session: requests.Session, url: str) -> str:
    """Of the answer at the end of the redirects; "" if there is none."""
    for _ in range(_MOST_REDIRECTS + 1):
        links.split(url)
        with session.head(url, timeout=_SECONDS, allow_redirects=False) as answer:
            if not answer.is_redirect:
                good = answer.status_code == requests.codes.ok
                return answer.headers.get("Content-Type", "").lower() if good else ""
            url = urljoin(url, answer.headers["Location"])
    return ""
