"""Giving one person's downloads and subscriptions to another, while they go on."""

from functools import partial

from django.db import transaction

from accounts.models import User
from accounts.selectors import twins_of
from core import privacy
from core.crypto import Undecipherable
from core.models import ACTIVE
from downloads.models import (
    BatchDownload,
    CookieJar,
    Download,
    FoundVideo,
    Listing,
    Subscription,
)
from downloads.services import finding, folders, naming, queueing


def hand_over(user_id: int, to_id: int) -> dict[str, int]:
    """What the other has under the same name already stays where it is."""
    queueing.take_turns([user_id, to_id])
    downloads = _downloads(user_id, to_id)
    subscriptions = _subscriptions(user_id, to_id)
    batches = BatchDownload.objects.filter(owner=user_id).update(owner=to_id)
    _noted(user_id, to_id)
    _use_twins(user_id, to_id)
    return {
        "downloads": downloads,
        "batches": batches,
        "subscriptions": subscriptions,
        "cookies": _cookies(user_id, to_id),
    }


def _downloads(user_id: int, to_id: int) -> int:
    """Of one that both have under way, each goes on for whoever asked for it."""
    active = Download.objects.filter(status__in=ACTIVE)
    same = active.filter(owner=to_id).values("fingerprint")
    staying = list(active.filter(owner=user_id, fingerprint__in=same).values_list("pk", flat=True))
    moving = Download.objects.filter(owner=user_id).exclude(pk__in=staying)
    privacy.locked(moving)
    return moving.update(owner=to_id)


def _subscriptions(user_id: int, to_id: int) -> int:
    known = Subscription.objects.filter(owner=to_id).exclude(source_key="").values("source_key")
    own = Subscription.objects.filter(owner=user_id).order_by("pk")
    staying = list(own.filter(source_key__in=known).values_list("pk", flat=True))
    # What it has brought belongs to somebody else now: its keep-last has no say in that.
    FoundVideo.objects.filter(subscription__in=staying).update(wanted=False)
    # In the order in which a look that ends at this moment takes its locks.
    looks = privacy.locked(Listing.objects.filter(owner=user_id, subscription__isnull=False))
    moving = list(own.exclude(pk__in=staying).select_for_update(of=("self",)))
    for subscription in moving:
        _move(subscription, to_id)
    moved = [one.pk for one in moving]
    FoundVideo.objects.filter(subscription__in=moved).update(owner=to_id)
    Listing.objects.filter(pk__in=looks, subscription__in=moved).update(owner=to_id)
    return len(moving)


def _move(subscription: Subscription, to_id: int) -> None:
    transaction.on_commit(partial(folders.remove, folders.directory_of(subscription)))
    subscription.owner_id = to_id
    subscription.folder = naming.free_folder(to_id, subscription.folder)
    subscription.save(update_fields=["owner", "folder"])
    transaction.on_commit(partial(folders.refresh, subscription))
    finding.tell(subscription)


def _noted(user_id: int, to_id: int) -> None:
    """Videos that were noted by hand, in no subscription."""
    alone = FoundVideo.objects.filter(subscription=None)
    has = set(alone.filter(owner=to_id).values_list("source", "source_key"))
    mine = alone.filter(owner=user_id).values_list("pk", "source", "source_key")
    ids = [pk for pk, source, key in mine if (source, key) not in has]
    FoundVideo.objects.filter(pk__in=ids).update(owner=to_id)


def _use_twins(user_id: int, to_id: int) -> None:
    """What needs an account that both have connected goes on with the other's own."""
    for credential_id, twin_id in twins_of(user_id, to_id).items():
        for model in (Download, BatchDownload, Subscription):
            mine = model._base_manager.filter(owner=to_id, credential=credential_id)  # noqa: SLF001
            mine.update(credential=twin_id)


def _cookies(user_id: int, to_id: int) -> int:
    """Sealed anew: they are bound to whose they are. What no key opens stays."""
    has = CookieJar.objects.filter(owner=to_id).values("site")
    moved = 0
    for jar in CookieJar.objects.filter(owner=user_id).exclude(site__in=has).order_by("pk"):
        try:
            jar.secrets = {**jar.secrets, "owner": to_id}
        except Undecipherable:
            continue
        jar.owner = User(pk=to_id)
        jar.save(update_fields=["owner", "secrets"])
        moved += 1
    return moved
