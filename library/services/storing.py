"""Bringing a published file into somebody's library."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from core import storage
from core.text import normalise
from library.models import StoredFile, Subtitle, Video


@dataclass(frozen=True, slots=True)
class Published:
    """A folder of the library (see core.storage.publish) and the video file in it."""

    folder: str
    file: str
    sha256: str
    size_bytes: int
    content_type: str

    @property
    def key(self) -> str:
        return f"{self.folder}/{self.file}"


@dataclass(frozen=True, slots=True)
class SubtitleFacts:
    language: str
    label: str
    automatic: bool
    file: str


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What is known of a video besides its bytes. `expires_at`: a temporary one, removed then."""

    title: str
    source: str
    container: str
    source_url: str = ""
    source_key: str = ""
    description: str = ""
    uploader: str = ""
    published_at: datetime | None = None
    expires_at: datetime | None = None
    duration_seconds: float | None = None
    width: int | None = None
    height: int | None = None
    video_codec: str = ""
    audio_codec: str = ""
    chapters: list[dict[str, Any]] = field(default_factory=list)
    thumbnail: str = ""
    subtitles: list[SubtitleFacts] = field(default_factory=list)


@transaction.atomic
def add_video(*, owner: User, published: Published, facts: VideoFacts) -> Video:
    """Record a video. Bytes the library has already are shared, and the new copy removed."""
    stored = store_file(published=published)
    video = Video.objects.create(
        owner=owner,
        file=stored,
        title=facts.title,
        search_text=normalise(f"{facts.title} {facts.uploader} {facts.description}"),
        description=facts.description,
        uploader=facts.uploader,
        source=facts.source,
        source_url=facts.source_url,
        source_key=facts.source_key,
        published_at=facts.published_at,
        expires_at=facts.expires_at,
        duration_seconds=facts.duration_seconds,
        width=facts.width,
        height=facts.height,
        video_codec=facts.video_codec,
        audio_codec=facts.audio_codec,
        container=facts.container,
        chapters=facts.chapters,
        thumbnail_key=f"{published.folder}/{facts.thumbnail}" if facts.thumbnail else "",
    )
    Subtitle.objects.bulk_create(
        Subtitle(
            video=video,
            language=subtitle.language,
            label=subtitle.label,
            automatic=subtitle.automatic,
            key=f"{published.folder}/{subtitle.file}",
        )
        for subtitle in facts.subtitles
    )
    return video


def lock_video(*, video_id: int) -> bool:
    """Keep a video from being removed until the transaction ends; whether it is still there."""
    return Video.objects.select_for_update(no_key=True).filter(id=video_id).first() is not None


@transaction.atomic
def store_file(*, published: Published) -> StoredFile:
    """Record bytes. What the library has already is shared, and the new copy removed."""
    try:
        with transaction.atomic():
            held = StoredFile.objects.select_for_update().filter(sha256=published.sha256).first()
            if held is None:
                return StoredFile.objects.create(
                    sha256=published.sha256,
                    size_bytes=published.size_bytes,
                    key=published.key,
                    content_type=published.content_type,
                )
    except IntegrityError:  # the same content was published by another worker just now
        held = StoredFile.objects.select_for_update().get(sha256=published.sha256)
    if not _is_whole(held):
        held.key = published.key
        held.save(update_fields=["key"])
    elif held.key != published.key:
        transaction.on_commit(partial(storage.remove, published.key))
    return held


def _is_whole(stored: StoredFile) -> bool:
    """Whether its bytes are where they should be, or were lost on the disk."""
    try:
        return storage.path_of(stored.key).stat().st_size == stored.size_bytes
    except OSError:
        return False
