"""Downloads for tests, in any state, as the database's rules want them."""

import hashlib
import itertools
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from core.models import ENDED, Status
from core.text import normalise
from downloads.models import Download
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
