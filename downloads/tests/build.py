"""Downloads for tests, in any state, as the database's rules want them."""

import hashlib
import itertools
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from core.models import ENDED, Status
from core.text import normalise
from downloads.models import CookieJar, Download, Listing
from downloads.services import cookies
from library.tests.build import make_video

_numbers = itertools.count(1)


def make_download(owner: User, **over: Any) -> Download:
    """A queued download of `owner`; `status` brings along what belongs to it."""
    number = next(_numbers)
    url = f"https://videos.example.org/{number}.mp4"
    facts: dict[str, Any] = {
        "url": url,
        "source": "direct",
        "source_key": f"direct:{url}",
        "fingerprint": hashlib.sha256(url.encode()).hexdigest(),
        "title": f"Lesson {number}",
    }
    facts |= _of_status(owner, over.get("status", Status.QUEUED), over) | over
    facts.setdefault("search_text", normalise(f"{facts['title']} {facts['url']}"))
    return Download.objects.create(owner=owner, **facts)


def make_listing(owner: User, *titles: str, **over: Any) -> Listing:
    """A playlist that was read, with a video for each title."""
    entries = [make_entry(f"okvideo{place:04}", title) for place, title in enumerate(titles)]
    facts: dict[str, Any] = {
        "url": f"https://www.youtube.com/playlist?list=PL{next(_numbers):08}",
        "source": "youtube",
        "status": Status.COMPLETED,
        "finished_at": timezone.now(),
        "is_playlist": True,
        "title": "Lessons",
        "entries": entries or [make_entry("okvideo0001", "Lesson 1")],
    }
    return Listing.objects.create(owner=owner, **facts | over)


def make_entry(key: str, title: str, **over: Any) -> dict[str, Any]:
    """A video of YouTube as a look tells of it."""
    return {
        "url": f"https://www.youtube.com/watch?v={key}",
        "source": "youtube",
        "source_key": key,
        "title": title,
        "channel": "",
        "channel_id": "",
        "duration_seconds": 10.0,
        "published_at": None,
        "available": True,
        **over,
    }


def make_jar(owner: User, site: str = "youtube.com", *, value: str = "secret") -> CookieJar:
    """One cookie of a site that is good for a year."""
    ends = int((timezone.now() + timedelta(days=365)).timestamp())
    content = f".{site}\tTRUE\t/\tFALSE\t{ends}\tSID\t{value}\n"
    return cookies.save_cookies(by=owner, site=site, content=content).jar


def _of_status(owner: User, status: str, over: dict[str, Any]) -> dict[str, Any]:
    now = timezone.now()
    facts: dict[str, Any] = {}
    if status != Status.QUEUED:
        facts["started_at"] = now - timedelta(seconds=5)
    if status == Status.RUNNING:
        facts |= {"token": "t" * 32, "holder": "worker-1", "run": 1, "stage": "downloading"}
        facts["lease_until"] = now + timedelta(seconds=30)
    if status in ENDED:
        facts["finished_at"] = now
    if status == Status.FAILED:
        facts |= {"error_code": "source.private", "attempt": 1}
    if status == Status.COMPLETED:
        facts["progress_percent"] = 100
        if "video" not in over:
            facts["video"] = make_video(owner)
    return facts
