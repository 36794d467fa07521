"""Taking away what a person had downloaded, when the account goes."""

from django.db import transaction

from accounts.models import User
from core import privacy, wakeup
from core.jobs import lifecycle
from core.models import ACTIVE
from core.privacy import Beat
from downloads.models import (
    BatchDownload,
    CleaningRun,
    CookieJar,
    Download,
    FoundVideo,
    Listing,
    RetentionRule,
    Subscription,
    UserLimits,
)
from downloads.services import cleaning, folders
from downloads.services.listing import LISTINGS
from downloads.services.running import DOWNLOADS

_AT_ONCE = 500


def stop(user_id: int) -> None:
    """Nothing is fetched, looked at or watched for this person any more."""
    Subscription.objects.filter(owner=user_id).update(enabled=False)
    looks = Listing.objects.filter(owner=user_id, status__in=ACTIVE)
    lifecycle.cancel(LISTINGS, list(looks.values_list("pk", flat=True)), actor="system")
    active = Download.objects.filter(owner=user_id, status__in=ACTIVE)
    ids = list(active.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), _AT_ONCE):
        lifecycle.cancel(DOWNLOADS, ids[start : start + _AT_ONCE], actor="system")
    transaction.on_commit(wakeup.ring)


def erase(user_id: int, beat: Beat) -> None:
    """Rows, working folders and directories; the videos are the library's to remove."""
    with transaction.atomic():
        stop(user_id)
    begun = Download.objects.filter(owner=user_id, run__gt=0).order_by("pk")
    for download_id in list(begun.values_list("pk", flat=True)):
        cleaning.remove_leftovers(download_id)
        beat()
    folders.remove(f"{folders.ROOT}/{user_id}")
    for model in (
        FoundVideo, BatchDownload, Download, Listing, Subscription, CookieJar, UserLimits,
        RetentionRule,
    ):  # fmt: skip
        privacy.remove_rows(model._base_manager.filter(owner=user_id), beat)  # noqa: SLF001
    _forget_in_reports(user_id, beat)


def _forget_in_reports(user_id: int, beat: Beat) -> None:
    """What a cleaning removed of this person's is told by title and name."""
    names = set(User.objects.filter(pk=user_id).values_list("username", flat=True))
    for run in CleaningRun.objects.exclude(report=[]).order_by("pk").iterator(chunk_size=5):
        if any(row.get("owner") in names for row in run.report):
            report = [
                row | {"owner": "", "title": ""} if row.get("owner") in names else row
                for row in run.report
            ]
            CleaningRun.objects.filter(pk=run.pk).update(report=report)
        beat()
