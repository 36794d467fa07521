"""Pages of courses, and the parts of them that refresh by themselves."""

from django.urls import path

from courses.views import details, lists, reading

app_name = "courses"
urlpatterns = [
    path("courses", lists.list_courses, name="list"),
    path("courses/fragments/list", lists.list_fragment, name="fragment-list"),
    path("courses/sync", reading.sync, name="sync"),
    path("courses/syncs/<int:sync_id>/cancel", reading.cancel, name="cancel-sync"),
    path("courses/materials/<int:material_id>/file", details.file, name="file"),
    path("courses/<int:course_id>", details.detail, name="detail"),
    path("courses/<int:course_id>/fragment", details.detail_fragment, name="fragment-detail"),
    path("courses/<int:course_id>/changes", details.changes, name="changes"),
    path("courses/<int:course_id>/sync", reading.sync_course, name="sync-course"),
]
