"""What is known of a person's downloads, subscriptions and limits."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from core.privacy import Beat, PersonalData, Share
from downloads.models import (
    BatchDownload,
    BatchItem,
    CookieJar,
    Download,
    FoundVideo,
    Listing,
    RetentionRule,
    Subscription,
    Transition,
    UserLimits,
)
from downloads.services import erasing, handing_over

_MACHINERY = ("token", "holder", "lease_until")


class DownloadData(PersonalData):
    floor = 40
    shares: ClassVar = (
        Share(
            "downloads",
            _("What you had downloaded, and what became of it."),
            lambda user_id: Download.objects.filter(owner=user_id),
            but=(*_MACHINERY, "search_text", "fingerprint"),
        ),
        Share(
            "transitions",
            _("The steps of these downloads."),
            lambda user_id: Transition.objects.filter(download__owner=user_id),
            but=("actor",),
        ),
        Share(
            "batches",
            _("Courses that were downloaded whole."),
            lambda user_id: BatchDownload.objects.filter(owner=user_id),
        ),
        Share(
            "batch_items",
            _("What these consist of."),
            lambda user_id: BatchItem.objects.filter(batch__owner=user_id),
        ),
        Share(
            "subscriptions",
            _("Sources that are watched for you."),
            lambda user_id: Subscription.objects.filter(owner=user_id),
        ),
        Share(
            "found_videos",
            _("Videos that were found there, or noted by you."),
            lambda user_id: FoundVideo.objects.filter(owner=user_id),
        ),
        Share(
            "listings",
            _("Addresses that were looked at for you."),
            lambda user_id: Listing.objects.filter(owner=user_id),
            but=_MACHINERY,
            at_once=5,  # each may hold thousands of videos
        ),
        Share(
            "cookies",
            _("For which sites you gave cookies. They themselves are secrets and stay out."),
            lambda user_id: CookieJar.objects.filter(owner=user_id),
        ),
        Share(
            "limits",
            _("Limits that were set for you."),
            lambda user_id: UserLimits.objects.filter(owner=user_id),
        ),
        Share(
            "retention_rules",
            _("Rules by which your videos are removed."),
            lambda user_id: RetentionRule.objects.filter(owner=user_id),
        ),
    )
    kept_back: ClassVar = {
        "downloads.CleaningRun": "Of the installation; its report is about many people.",
    }

    def stop(self, user_id: int) -> None:
        erasing.stop(user_id)

    def erase(self, user_id: int, beat: Beat) -> None:
        erasing.erase(user_id, beat)

    def hand_over(self, user_id: int, to_id: int) -> dict[str, int]:
        return handing_over.hand_over(user_id, to_id)
