"""From a look at a list to downloads: what was picked of it is queued, all at once."""

from collections.abc import Collection
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import drive_credential
from core.errors import Conflict, Invalid
from core.models import Status
from downloads.models import Listing
from downloads.selectors.listings import Found, entries_of
from downloads.services import queueing, requests
from downloads.services.queueing import Queued
from downloads.services.requests import Plan, QueueRequest
from library.models import Source

MOST = 5000


def queue_picked(
    *,
    by: User,
    listing: Listing,
    wishes: QueueRequest,
    places: Collection[int] | None = None,
) -> list[Queued]:
    """Queue the videos at these places, or without them all that can be fetched; all or none.

    What is held is linked, what is under way is found again. Places are tried even where the
    source says that they cannot be fetched.

    :raises Conflict: the look is not over
    :raises Invalid: there is nothing to queue, or no such place
    """
    if listing.status != Status.COMPLETED:
        raise Conflict(_("The list has not been read yet."), code="not_ready")
    found = entries_of(user=by, listing=listing)
    picked = _picked(found, places)
    if not picked:
        raise Invalid(_("There is no video in it that can be downloaded."), code="no_video")
    credential = wishes.credential or drive_credential(user=by)
    plans = []
    for one in picked:
        drive = one.entry["source"] == Source.DRIVE
        request = replace(wishes, credential=credential if drive else None)
        if plan := _plan(one, request, lenient=places is None):
            plans.append(plan)
    return queueing.queue_planned(by=by, plans=plans)


def _picked(found: list[Found], places: Collection[int] | None) -> list[Found]:
    if places is None:
        return [one for one in found if one.entry["available"]][:MOST]
    by_place = {one.place: one for one in found}
    if unknown := sorted(set(places) - by_place.keys()):
        message = _("There is no number %(place)d in this list.") % {"place": unknown[0]}
        raise Invalid(message, errors={"places": [message]})
    return [by_place[place] for place in sorted(set(places))]


def _plan(one: Found, wishes: QueueRequest, *, lenient: bool) -> Plan | None:
    """None for one that is left out, since nobody asked for this one in particular."""
    request = replace(wishes, url=one.entry["url"], title=wishes.title or one.entry["title"])
    try:
        return requests.plan(request)
    except Invalid as refusal:
        if lenient and "url" in refusal.errors:
            return None
        raise
