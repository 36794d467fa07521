"""Addresses of the library API, below /api/v1/."""

from django.urls import path

from library.api import views

app_name = "library-api"

urlpatterns = [
    path("videos", views.VideosView.as_view(), name="list"),
    path("videos/<int:video_id>", views.VideoView.as_view(), name="detail"),
    path("videos/<int:video_id>/file", views.VideoFileView.as_view(), name="file"),
]
