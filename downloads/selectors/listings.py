"""Looks at addresses as their people see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from core.errors import NotFound
from core.models import ACTIVE
from core.text import normalise
from downloads.models import Download, Listing
from downloads.models.listing import ListingQuerySet
from library.models import Video


@dataclass(frozen=True, slots=True)
class Found:
    """One video of a look. `place` is its number in the look; `state` is "held" if the person
    has the video, "active" while it is being fetched, or "".
    """

    place: int
    entry: dict[str, Any]
    state: str

    @property
    def is_wanted(self) -> bool:
        """Whether it makes sense to fetch it."""
        return bool(self.entry["available"]) and not self.state


def list_listings(*, user: User) -> ListingQuerySet:
    """Those that people asked for, newest first; the checks of subscriptions are their own."""
    return Listing.objects.visible_to(user).filter(subscription=None).order_by("-id")


def get_listing(*, user: User, listing_id: int) -> Listing:
    """:raises NotFound: there is none, or it is somebody else's"""
    listing = list_listings(user=user).filter(id=listing_id).first()
    if listing is None:
        raise NotFound
    return listing


def entries_of(*, user: User, listing: Listing, search: str = "") -> list[Found]:
    """What was found, as the source has it in order; `search`: all these words in the title."""
    words = normalise(search).split()
    states = _states(user, listing.entries)
    return [
        Found(place, entry, states.get(entry["source_key"], ""))
        for place, entry in enumerate(listing.entries)
        if all(word in normalise(entry["title"]) for word in words)
    ]


def _states(user: User, entries: Sequence[dict[str, Any]]) -> dict[str, str]:
    keys = {entry["source_key"] for entry in entries}
    mine = Download.objects.filter(owner=user, status__in=ACTIVE, source_key__in=keys)
    held = Video.objects.filter(owner=user, source_key__in=keys)
    return {
        **dict.fromkeys(mine.values_list("source_key", flat=True), "active"),
        **dict.fromkeys(held.values_list("source_key", flat=True), "held"),
    }
