"""Pages and files of the library."""

from django.urls import path

from library import views

app_name = "library"
urlpatterns = [
    path("library", views.list_videos, name="list"),
    path("library/<int:video_id>", views.video, name="video"),
    path("library/<int:video_id>/keep", views.keep, name="keep"),
    path("library/<int:video_id>/delete", views.delete, name="delete"),
    path("library/<int:video_id>/file", views.file, name="file"),
    path("library/<int:video_id>/thumbnail", views.thumbnail, name="thumbnail"),
    path("library/<int:video_id>/subtitles/<str:language>.vtt", views.subtitles, name="subtitles"),
]
