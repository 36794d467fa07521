"""Subscriptions and what they have found, for tests; and what a look at a channel brings."""

import itertools
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from core.models import Status
from downloads.models import FoundVideo, Listing, Subscription
from downloads.services import watching

_numbers = itertools.count(1)


def make_subscription(owner: User, **over: Any) -> Subscription:
    """A channel of `owner`, looked at an hour ago and due in five."""
    number = next(_numbers)
    now = timezone.now()
    facts = {
        "name": f"Channel {number}",
        "kind": "channel",
        "url": f"https://www.youtube.com/@channel{number}/videos",
        "source_key": f"@channel{number}",
        "folder": f"channel-{number}",
        "last_checked_at": now - timedelta(hours=1),
        "next_check_at": now + timedelta(hours=5),
    }
    return Subscription.objects.create(owner=owner, **facts | over)


def make_found(subscription: Subscription | None, **over: Any) -> FoundVideo:
    number = next(_numbers)
    key = f"fv{number:09}"
    facts = {
        "subscription": subscription,
        "url": f"https://www.youtube.com/watch?v={key}",
        "source": "youtube",
        "source_key": key,
        "title": f"Lesson {number}",
    } | over
    facts.setdefault("owner", subscription.owner if subscription else None)
    return FoundVideo.objects.create(**facts)


def entry(name: str, **over: Any) -> dict[str, Any]:
    """One video as a look tells it; `name` stands for its id too."""
    key = name.replace(" ", "-")[:11].ljust(11, "_")
    return {
        "url": f"https://www.youtube.com/watch?v={key}",
        "source": "youtube",
        "source_key": key,
        "title": name,
        "channel": "Ana",
        "channel_id": "UC" + "a" * 22,
        "duration_seconds": 600.0,
        "published_at": None,
        "available": True,
    } | over


def look(subscription: Subscription, *entries: dict[str, Any], **over: Any) -> Listing:
    """A worker has looked, and found these; the newest first, as channels list them."""
    now = timezone.now()
    facts = {"total": len(entries), "title": "", "channel": ""} | over
    listing = Listing.objects.create(
        owner=subscription.owner,
        subscription=subscription,
        url=subscription.url,
        status=Status.COMPLETED,
        finished_at=now,
        entries=list(entries),
        **facts,
    )
    watching.receive(listing)
    subscription.refresh_from_db()
    return listing


def titles(subscription: Subscription, **where: Any) -> list[str]:
    rows = FoundVideo.objects.filter(subscription=subscription, **where)
    return list(rows.order_by("id").values_list("title", flat=True))


def active_looks(subscription: Subscription) -> list[Listing]:
    return list(Listing.objects.active().filter(subscription=subscription))
