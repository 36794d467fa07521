"""How long a video stays, as its owner and its use decide, and what it is called."""

from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.deeds import Deed
from accounts.models import User
from accounts.services import audit
from core import events
from core.errors import Invalid, NotFound
from core.text import normalise, printable
from library.models import Video

# A player asks for a new part every few seconds; that it plays is noted once in a while.
NOTED_EVERY = timedelta(minutes=10)

_TITLE_LENGTH = 500


@transaction.atomic
def change_video(
    *, by: User, video: Video, title: str | None = None, pinned: bool | None = None
) -> None:
    """Rename a video, keep it for good, or let it go when its time has come, as others do.

    What is kept for good is neither temporary nor announced to go any more.

    :raises NotFound: it is somebody else's, or gone meanwhile
    :raises Invalid: there is nothing in the title
    """
    rows = Video.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    found = rows.filter(id=video.pk).first()
    if found is None:
        raise NotFound
    fields = {**_titled(found, title), **_pinned(pinned)}
    if not fields:
        return
    Video.objects.filter(id=found.pk).update(**fields)
    events.record(
        topic=f"video.{found.pk}",
        type="video_update",
        owner_id=found.owner_id,
        data={"id": found.pk, "by": by.pk},
    )


def keep_lasting(*, video_ids: Collection[int]) -> None:
    """Somebody who had these for a time only has asked for them without one."""
    Video.objects.filter(id__in=video_ids, expires_at__isnull=False).update(expires_at=None)


def note_watched(*, video: Video) -> None:
    """Somebody plays or fetches it. That this cannot be noted keeps nobody from watching."""
    now = timezone.now()
    if video.watched_at and video.watched_at > now - NOTED_EVERY:
        return
    since = Q(watched_at=None) | Q(watched_at__lte=now - NOTED_EVERY)
    with suppress(OperationalError):
        Video.objects.filter(since, id=video.pk).update(watched_at=now)


def note_fetched(*, by: User, video: Video) -> None:
    """Somebody plays or fetches it; that staff do so with another's is written down."""
    note_watched(video=video)
    actor = by.seen_by or by
    if video.owner_id == actor.pk:
        return
    deed, since = Deed.VIDEO_OF_ANOTHER_FETCHED, timezone.now() - NOTED_EVERY
    if not audit.was_lately(deed, by=actor, target=video, since=since):
        audit.record(deed, by=actor, target=video, owner_id=video.owner_id)


def _titled(video: Video, title: str | None) -> dict[str, Any]:
    if title is None:
        return {}
    shown = printable(" ".join(title.split()))[:_TITLE_LENGTH]
    if not shown:
        message = _("A video needs a title.")
        raise Invalid(message, errors={"title": [message]})
    words = (shown, video.uploader, video.description)
    return {"title": shown, "search_text": normalise(" ".join(words))}


def _pinned(pinned: bool | None) -> dict[str, Any]:
    match pinned:
        case True:
            return {"pinned": True, "expires_at": None, "removal_at": None}
        case False:
            return {"pinned": False}
    return {}
