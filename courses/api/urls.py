"""Addresses of the courses API, below /api/v1/."""

from django.urls import path

from courses import keys  # noqa: F401 - brings <key:…>
from courses.api import sync_views, views

app_name = "courses-api"

urlpatterns = [
    path("courses", views.CoursesView.as_view(), name="list"),
    path("courses/sync", sync_views.SyncView.as_view(), name="sync"),
    path("courses/syncs", sync_views.SyncsView.as_view(), name="syncs"),
    path("courses/syncs/<int:sync_id>", sync_views.OneSyncView.as_view(), name="one-sync"),
    path("courses/<key:course_id>", views.CourseView.as_view(), name="detail"),
    path(
        "courses/<key:course_id>/coursework", views.CourseworksView.as_view(), name="courseworks"
    ),
    path(
        "courses/<key:course_id>/coursework/<key:coursework_id>",
        views.CourseworkView.as_view(),
        name="coursework",
    ),
    path("courses/<key:course_id>/topics", views.TopicsView.as_view(), name="topics"),
    path("courses/<key:course_id>/materials", views.MaterialsView.as_view(), name="materials"),
    path("courses/<key:course_id>/changes", views.ChangesView.as_view(), name="changes"),
]
