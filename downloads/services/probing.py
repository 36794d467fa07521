"""A look before the download: what is known to be unavailable is not queued at all."""

import time
from dataclasses import dataclass, replace
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import ExpectedError
from core.models import Status
from downloads.models import Download, Format, Listing, Quality
from downloads.services import holdings, listing, requests
from downloads.services.requests import QueueRequest
from downloads.taxonomy import explain

PATIENCE_SECONDS = 10.0

_LOOK_SECONDS = 0.1
_PRIORITY = 100


class Refused(ExpectedError):
    """The source does not give it; the code is one of the taxonomy of downloads."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "source.unsupported"


@dataclass(frozen=True, slots=True)
class Probed:
    """A request with what the source says of it, if it was reached in time (`answered`)."""

    request: QueueRequest
    answered: bool


def probe(*, by: User, request: QueueRequest) -> Probed:
    """Ask the source for up to ten seconds. Nobody needs to ask for what is held or under way.

    Must not run in a transaction, in which no worker could see what is asked.

    :raises Invalid: the address or the wishes cannot be served
    :raises Refused: it cannot be downloaded, and will not be able to in a moment
    """
    plan = requests.plan(request)
    active = Download.objects.active().filter(owner=by, fingerprint=plan.fingerprint)
    if request.credential or active.exists() or holdings.of(user=by, plans=[plan]):
        return Probed(request, answered=False)
    look = listing.request_listing(by=by, url=request.url, most=2, priority=_PRIORITY)
    _await(look)
    if look.is_active or look.status == Status.CANCELLED:
        listing.cancel_listing(by=by, listing=look)
        return Probed(request, answered=False)
    return Probed(_informed(request, look), answered=look.status == Status.COMPLETED)


def _await(look: Listing) -> None:
    """Until it has ended, or its first try has failed in a way that may pass."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while look.is_active and not look.attempt and time.monotonic() < deadline:
        time.sleep(_LOOK_SECONDS)
        look.refresh_from_db()


def _informed(request: QueueRequest, look: Listing) -> QueueRequest:
    if look.status == Status.FAILED:
        told = explain(look.error_code)
        if told.retryable:
            return request
        raise Refused(told.message, code=look.error_code)
    if look.is_playlist or not look.entries:
        message = _("The link leads to a list of videos. Look at it first, and pick from it.")
        raise Refused(message)
    (only,) = look.entries
    plain = (request.quality, request.format) == (Quality.BEST, Format.AUTO)
    size = only.get("estimated_bytes") if plain and not request.audio_only else None
    return replace(request, title=request.title or only["title"], known_bytes=size)
