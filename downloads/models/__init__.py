from downloads.models.batch import BatchDownload, BatchItem
from downloads.models.cleaning import CleaningRun, CleaningTask, RetentionRule
from downloads.models.cookies import CookieJar
from downloads.models.download import Download
from downloads.models.limits import DownloadPolicy, HostPause, UserLimits
from downloads.models.listing import Listing
from downloads.models.subscription import FoundBy, FoundVideo, Subscription, SubscriptionKind
from downloads.models.transition import Transition
from downloads.models.wishes import Format, Preset, Quality

__all__ = [
    "BatchDownload",
    "BatchItem",
    "CleaningRun",
    "CleaningTask",
    "CookieJar",
    "Download",
    "DownloadPolicy",
    "Format",
    "FoundBy",
    "FoundVideo",
    "HostPause",
    "Listing",
    "Preset",
    "Quality",
    "RetentionRule",
    "Subscription",
    "SubscriptionKind",
    "Transition",
    "UserLimits",
]
