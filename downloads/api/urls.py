"""Addresses of the downloads API, below /api/v1/."""

from django.urls import path

from downloads.api import views

app_name = "downloads-api"

urlpatterns = [
    path("downloads", views.DownloadsView.as_view(), name="list"),
    path("downloads/<int:download_id>", views.DownloadView.as_view(), name="detail"),
    path("downloads/<int:download_id>/retry", views.RetryView.as_view(), name="retry"),
]
