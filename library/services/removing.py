"""Taking a video out of the library, bytes and all."""

from functools import partial

from django.db import transaction

from accounts.models import User
from core import events, storage
from core.errors import NotFound
from library.models import StoredFile, Video


@transaction.atomic
def remove_video(*, by: User, video: Video) -> None:
    """Delete a video; its bytes go when nobody else's video has them.

    :raises NotFound: somebody was quicker
    """
    if Video.objects.select_for_update().filter(id=video.pk).first() is None:
        raise NotFound
    stored = StoredFile.objects.select_for_update().get(id=video.file_id)
    keys = [*video.subtitles.values_list("key", flat=True), video.thumbnail_key]
    video_id, owner_id = video.pk, video.owner_id
    video.delete()
    if not stored.videos.exists():
        keys.append(stored.key)
        stored.delete()
    events.record(
        topic=f"video.{video_id}",
        type="video_deleted",
        owner_id=owner_id,
        data={"id": video_id, "by": by.pk},
    )
    for key in filter(None, keys):
        transaction.on_commit(partial(storage.remove, key))
