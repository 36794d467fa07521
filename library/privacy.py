"""What the library holds of a person."""

from contextlib import suppress
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from core import privacy
from core.errors import NotFound
from core.privacy import Beat, PersonalData, Share
from library.models import Subtitle, Video
from library.services import removing


class LibraryData(PersonalData):
    floor = 20
    shares: ClassVar = (
        Share(
            "videos",
            _("The videos of your library. The files themselves are fetched from the library."),
            lambda user_id: Video.objects.filter(owner=user_id),
            but=("search_text", "thumbnail_key"),
            more=("file__sha256", "file__size_bytes", "file__content_type"),
        ),
        Share(
            "subtitles",
            _("The subtitles of these videos."),
            lambda user_id: Subtitle.objects.filter(video__owner=user_id),
            but=("key",),
        ),
    )

    def erase(self, user_id: int, beat: Beat) -> None:
        """Bytes go with the last video that has them; those of others stay."""
        for video in Video.objects.filter(owner=user_id).order_by("pk").iterator(chunk_size=200):
            privacy.forget_names(Video, [video.pk])
            with suppress(NotFound):
                removing.remove_video(by=None, video=video)
            beat()

    def hand_over(self, user_id: int, to_id: int) -> dict[str, int]:
        videos = Video.objects.filter(owner=user_id)
        privacy.locked(videos)
        return {"videos": videos.update(owner=to_id)}
