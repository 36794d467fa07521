"""What has become of a connect link. A rule on its row; nothing is written down for it."""

from enum import StrEnum

from django.utils import timezone

from accounts.models import ConnectLink


class LinkStatus(StrEnum):
    """A link is used up by the return from Google, whatever came of it."""

    PENDING = "pending"
    CONNECTED = "connected"
    EXPIRED = "expired"
    FAILED = "failed"


def status_of(link: ConnectLink) -> LinkStatus:
    if link.problem:
        return LinkStatus.FAILED
    if link.used_at is not None:
        return LinkStatus.CONNECTED
    return LinkStatus.PENDING if link.expires_at > timezone.now() else LinkStatus.EXPIRED
