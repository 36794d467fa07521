"""Addresses of the downloads API, below /api/v1/."""

from django.urls import path

from courses import keys  # noqa: F401 - brings <key:…>
from downloads.api import (
    batch_views,
    cleanings,
    cookies,
    failures,
    found_videos,
    limits,
    listings,
    presets,
    subscriptions,
    validating,
    views,
)

app_name = "downloads-api"

urlpatterns = [
    path("presets", presets.PresetsView.as_view(), name="presets"),
    path("cookies", cookies.CookiesView.as_view(), name="cookies"),
    path("cookies/<int:jar_id>", cookies.CookieJarView.as_view(), name="cookie-jar"),
    path("listings", listings.ListingsView.as_view(), name="listings"),
    path("listings/<int:listing_id>", listings.ListingView.as_view(), name="listing"),
    path("listings/<int:listing_id>/download", listings.PickView.as_view(), name="pick"),
    path("downloads", views.DownloadsView.as_view(), name="list"),
    path("downloads/failures", failures.FailuresView.as_view(), name="failures"),
    path("downloads/limits", limits.LimitsView.as_view(), name="limits"),
    path("downloads/queue", limits.QueueView.as_view(), name="queue"),
    path("downloads/queue/pause", limits.PauseView.as_view(), name="pause"),
    path("downloads/queue/resume", limits.ResumeView.as_view(), name="resume"),
    path("downloads/bulk", views.BulkView.as_view(), name="bulk"),
    path("downloads/<int:download_id>", views.DownloadView.as_view(), name="detail"),
    path("downloads/<int:download_id>/retry", views.RetryView.as_view(), name="retry"),
    path(
        "courses/<key:course_id>/download-all",
        batch_views.DownloadAllView.as_view(),
        name="download-all",
    ),
    path(
        "courses/<key:course_id>/download-all/preview",
        batch_views.PreviewView.as_view(),
        name="download-all-preview",
    ),
    path("batch-downloads", batch_views.BatchesView.as_view(), name="batches"),
    path("batch-downloads/<int:job_id>", batch_views.BatchView.as_view(), name="batch"),
    path("batch-downloads/<int:job_id>/items", batch_views.ItemsView.as_view(), name="items"),
    path(
        "batch-downloads/<int:job_id>/cancel",
        batch_views.CancelView.as_view(),
        name="cancel-batch",
    ),
    path(
        "batch-downloads/<int:job_id>/retry-failed",
        batch_views.RetryFailedView.as_view(),
        name="retry-failed",
    ),
    path("batch-downloads/<int:job_id>/zip", batch_views.ZipView.as_view(), name="batch-zip"),
    path("security/validate", validating.ValidateView.as_view(), name="validate"),
    path("cleanings", cleanings.CleaningsView.as_view(), name="cleanings"),
    path("cleanings/<int:cleaning_id>", cleanings.CleaningView.as_view(), name="cleaning"),
    path("subscriptions", subscriptions.SubscriptionsView.as_view(), name="subscriptions"),
    path(
        "subscriptions/<int:subscription_id>",
        subscriptions.SubscriptionView.as_view(),
        name="subscription",
    ),
    path(
        "subscriptions/<int:subscription_id>/check",
        subscriptions.CheckView.as_view(),
        name="check-subscription",
    ),
    path(
        "subscriptions/<int:subscription_id>/videos",
        subscriptions.FoundOfSubscriptionView.as_view(),
        name="subscription-videos",
    ),
    path(
        "subscriptions/<int:subscription_id>/videos/download",
        subscriptions.DownloadFoundView.as_view(),
        name="download-subscription-videos",
    ),
    path("videos", found_videos.NotedVideosView.as_view(), name="videos"),  # before the library's
    path("found-videos", found_videos.FoundVideosView.as_view(), name="found-videos"),
    path("found-videos/<int:found_id>", found_videos.FoundVideoView.as_view(), name="found-video"),
    path(
        "found-videos/<int:found_id>/download",
        found_videos.FoundDownloadView.as_view(),
        name="download-found-video",
    ),
]
