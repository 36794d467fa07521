"""Keep-last: of what a subscription has brought by itself, older videos make room for newer."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from core.errors import NotFound
from downloads.models import FoundVideo, Subscription
from downloads.selectors import subscriptions
from library.models import Video
from library.services import removing

_WATCHED_LATELY = timedelta(hours=1)


def keep_last(subscription: Subscription) -> int:
    """Remove what is too many; return how many went. What is being watched goes later."""
    if subscription.keep_last is None:
        return 0
    return sum(_remove(found) for found in subscriptions.over_kept(subscription))


def _remove(found: FoundVideo) -> bool:
    video = found.download.video if found.download else None
    if video is None or _is_watched(video):
        return False
    try:
        with transaction.atomic():
            rows = FoundVideo.objects.filter(id=found.pk, removed_at=None, wanted=True)
            if not rows.update(removed_at=timezone.now()):
                return False
            removing.remove_video(by=found.owner, video=video)
    except NotFound:  # its owner was quicker
        return False
    return True


def _is_watched(video: Video) -> bool:
    return bool(video.watched_at and video.watched_at > timezone.now() - _WATCHED_LATELY)
