"""Pages of downloads, and the parts of them that refresh by themselves."""

from django.urls import path

from downloads.views import (
    batches,
    cookies,
    courses,
    dashboard,
    details,
    listings,
    lists,
    pictures,
    queue,
    subscriptions,
)

app_name = "downloads"
urlpatterns = [
    path("downloads", lists.list_downloads, name="list"),
    path("downloads/new", details.create, name="create"),
    path("downloads/fragments/board", dashboard.board, name="fragment-board"),
    path("downloads/fragments/list", lists.list_fragment, name="fragment-list"),
    path("downloads/bulk", lists.bulk, name="bulk"),
    path("downloads/retry-found", lists.retry_found, name="retry-found"),
    path("downloads/queue/pause", queue.pause, name="pause"),
    path("downloads/queue/resume", queue.resume, name="resume"),
    path("downloads/lists/<int:listing_id>", listings.detail, name="listing"),
    path(
        "downloads/lists/<int:listing_id>/fragment",
        listings.detail_fragment,
        name="fragment-listing",
    ),
    path("downloads/lists/<int:listing_id>/again", listings.again, name="again-listing"),
    path("downloads/lists/<int:listing_id>/download", listings.download, name="pick"),
    path("downloads/cookies", cookies.list_cookies, name="cookies"),
    path("downloads/cookies/<int:jar_id>/switch", cookies.switch, name="switch-cookies"),
    path("downloads/cookies/<int:jar_id>/delete", cookies.delete, name="delete-cookies"),
    path("downloads/<int:download_id>", details.detail, name="detail"),
    path("downloads/<int:download_id>/fragment", details.detail_fragment, name="fragment-detail"),
    path("downloads/<int:download_id>/cancel", details.cancel, name="cancel"),
    path("downloads/<int:download_id>/retry", details.retry, name="retry"),
    path("downloads/<int:download_id>/purge", details.purge, name="purge"),
    path("downloads/<int:download_id>/thumbnail", pictures.thumbnail, name="thumbnail"),
    path("courses/<int:course_id>/download", courses.course_preview, name="course-preview"),
    path(
        "courses/<int:course_id>/download/start", courses.course_download, name="course-download"
    ),
    path("courses/download-new", courses.download_new, name="download-new"),
    path("batches", batches.list_batches, name="batches"),
    path("batches/fragments/list", batches.list_fragment, name="fragment-batches"),
    path("batches/<int:batch_id>", batches.detail, name="batch"),
    path("batches/<int:batch_id>/fragment", batches.detail_fragment, name="fragment-batch"),
    path("batches/<int:batch_id>/cancel", batches.cancel, name="cancel-batch"),
    path("batches/<int:batch_id>/retry-failed", batches.retry_failed, name="retry-batch"),
    path("batches/<int:batch_id>/zip", batches.zip_file, name="batch-zip"),
    path("subscriptions", subscriptions.list_subscriptions, name="subscriptions"),
    path("subscriptions/new", subscriptions.create, name="create-subscription"),
    path(
        "subscriptions/fragments/list", subscriptions.list_fragment, name="fragment-subscriptions"
    ),
    path("subscriptions/<int:subscription_id>", subscriptions.detail, name="subscription"),
    path(
        "subscriptions/<int:subscription_id>/fragment",
        subscriptions.detail_fragment,
        name="fragment-subscription",
    ),
    path(
        "subscriptions/<int:subscription_id>/change",
        subscriptions.change,
        name="change-subscription",
    ),
    path(
        "subscriptions/<int:subscription_id>/switch",
        subscriptions.switch,
        name="switch-subscription",
    ),
    path(
        "subscriptions/<int:subscription_id>/check", subscriptions.check, name="check-subscription"
    ),
    path("subscriptions/<int:subscription_id>/pick", subscriptions.pick, name="pick-subscription"),
    path(
        "subscriptions/<int:subscription_id>/delete",
        subscriptions.delete,
        name="delete-subscription",
    ),
    path("courses/<int:course_id>/watch", subscriptions.watch_course, name="watch-course"),
]
