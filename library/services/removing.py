"""Taking something out of the library, bytes and all."""

from copy import copy
from functools import partial

from django.db import transaction
from django.db.models import ProtectedError, Q

from accounts.deeds import Deed
from accounts.models import User
from accounts.services import audit
from core import events, storage
from core.errors import NotFound
from library.models import StoredFile, Video


@transaction.atomic
def remove_video(*, by: User | None, video: Video) -> None:
    """Delete a video; its bytes go when nothing else has them. By nobody: its time was over.

    :raises NotFound: somebody was quicker
    """
    if Video.objects.select_for_update().filter(id=video.pk).first() is None:
        raise NotFound
    stored_id = video.file_id
    keys = [*video.subtitles.values_list("key", flat=True), video.thumbnail_key]
    video_id, owner_id = video.pk, video.owner_id
    audit.record(Deed.VIDEO_DELETED, by=by, target=video, owner_id=owner_id)
    video.delete()
    remove_file(stored_id=stored_id)
    events.record(
        topic=f"video.{video_id}",
        type="video_deleted",
        owner_id=owner_id,
        data={"id": video_id, "by": by.pk if by else None},
    )
    for key in filter(None, keys):
        transaction.on_commit(partial(storage.remove, key))


@transaction.atomic
def remove_if(*, video_id: int, still: Q) -> Video | None:
    """Delete a video whose time is over, if that is `still` so once nobody can change it.

    Returned as it was, with its owner and file; None where nothing was removed.
    """
    rows = Video.objects.select_for_update(of=("self",), no_key=True)
    video = rows.select_related("owner", "file").filter(still, id=video_id).first()
    if video is None:
        return None
    remove_video(by=None, video=copy(video))
    return video


@transaction.atomic
def remove_file(*, stored_id: int) -> bool:
    """Delete bytes, unless a video or, in an upper app, something else still has them.

    Whether they have gone now.
    """
    stored = StoredFile.objects.select_for_update().filter(id=stored_id).first()
    if stored is None:
        return False
    key = stored.key
    try:
        with transaction.atomic():
            stored.delete()
    except ProtectedError:
        return False
    transaction.on_commit(partial(storage.remove, key))
    return True
