"""What a subscription and its directory are called, where nobody has said so."""

from django.utils.text import slugify

from core.links import Playlist
from downloads.models import Subscription

_LONGEST_FOLDER = 60


def placeholder(source: Playlist) -> str:
    """Until its source has told its title."""
    return source.key[:200]


def name_after(subscription: Subscription, *, title: str) -> None:
    """Call it as its source is called, unless its owner has named it. It is locked."""
    if not title or subscription.course_id or subscription.name != subscription.source_key[:200]:
        return
    subscription.name = title[:200]
    subscription.folder = free_folder(subscription.owner_id, title, besides=subscription.pk)
    subscription.save(update_fields=["name", "folder"])


def free_folder(owner_id: int, name: str, *, besides: int = 0) -> str:
    """A directory's name that this owner has not given yet: fisica, fisica-2."""
    wanted = slugify(name)[:_LONGEST_FOLDER].strip("-_") or "subscription"
    taken = set(
        Subscription.objects.filter(owner_id=owner_id, folder__startswith=wanted)
        .exclude(id=besides)
        .values_list("folder", flat=True)
    )
    number, folder = 1, wanted
    while folder in taken:
        number += 1
        folder = f"{wanted}-{number}"
    return folder
