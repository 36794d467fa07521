"""Reads. Everything an interface may see of the library passes through here."""

from django.db.models import QuerySet

from accounts.models import User
from core.errors import NotFound
from core.text import normalise
from library.models import StoredFile, Subtitle, Video


def list_videos(*, user: User, search: str = "") -> QuerySet[Video]:
    """Newest first; every word of `search` stands in title, uploader or description."""
    found = Video.objects.visible_to(user).select_related("file", "owner").order_by("-id")
    for word in normalise(search).split():
        found = found.filter(search_text__contains=word)
    return found


def get_video(*, user: User, video_id: int) -> Video:
    """:raises NotFound: there is none, or it is somebody else's"""
    found = Video.objects.visible_to(user).select_related("file", "owner")
    video = found.prefetch_related("subtitles").filter(id=video_id).first()
    if video is None:
        raise NotFound
    return video


def get_subtitle(*, user: User, video_id: int, language: str) -> Subtitle:
    """:raises NotFound: no such video for this person, or no such language"""
    subtitle = get_video(user=user, video_id=video_id).subtitles.filter(language=language).first()
    if subtitle is None:
        raise NotFound
    return subtitle


def is_key_known(folder: str) -> bool:
    """Whether anything recorded lies in this folder of the library."""
    prefix = f"{folder}/"
    return (
        StoredFile.objects.filter(key__startswith=prefix).exists()
        or Video.objects.filter(thumbnail_key__startswith=prefix).exists()
        or Subtitle.objects.filter(key__startswith=prefix).exists()
    )
