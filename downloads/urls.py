"""Pages of downloads, and the parts of them that refresh by themselves."""

from django.urls import path

from downloads.views import dashboard, details, lists, pictures

app_name = "downloads"
urlpatterns = [
    path("downloads", lists.list_downloads, name="list"),
    path("downloads/new", details.create, name="create"),
    path("downloads/fragments/board", dashboard.board, name="fragment-board"),
    path("downloads/fragments/list", lists.list_fragment, name="fragment-list"),
    path("downloads/<int:download_id>", details.detail, name="detail"),
    path("downloads/<int:download_id>/fragment", details.detail_fragment, name="fragment-detail"),
    path("downloads/<int:download_id>/cancel", details.cancel, name="cancel"),
    path("downloads/<int:download_id>/retry", details.retry, name="retry"),
    path("downloads/<int:download_id>/purge", details.purge, name="purge"),
    path("downloads/<int:download_id>/thumbnail", pictures.thumbnail, name="thumbnail"),
]
