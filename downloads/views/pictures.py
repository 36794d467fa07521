"""The picture of a download: from the library, or while it runs from its working folder."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from core import storage
from core.errors import NotFound
from core.pages import page
from downloads.models import Download
from downloads.selectors import downloads
from library import delivery

JPEG = "image/jpeg"


@page
@require_safe
def thumbnail(request: SignedInRequest, download_id: int) -> HttpResponseBase:
    download = downloads.get_download(user=request.user, download_id=download_id)
    if download.video is not None and download.video.thumbnail_key:
        return delivery.small_file_response(request, download.video.thumbnail_key, JPEG)
    return _unpublished(request, download)


def _unpublished(request: HttpRequest, download: Download) -> HttpResponse:
    path = storage.partial_folder(download.folder) / "thumbnail.jpg"
    try:
        picture = path.read_bytes()
    except FileNotFoundError:
        raise NotFound from None
    headers = {"Cache-Control": "private, max-age=60", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(picture, content_type=JPEG, headers=headers)
