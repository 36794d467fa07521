"""What the API tells of videos."""

from pathlib import PurePosixPath
from typing import Annotated, Any, TypedDict

from django.urls import reverse

from core.shapes import Moment, PageShape, moment, moment_or_none
from library.models import Video


class StoredFileAnswer(TypedDict):
    """A file of the library."""

    path: Annotated[str, "Below the media root."]
    size_bytes: int
    sha256: str
    content_type: str
    url: Annotated[str, "Where its bytes are, with Range requests."]


class SubtitleAnswer(TypedDict):
    language: str
    label: str
    automatic: Annotated[bool, "Made by a machine."]
    url: str


class ChapterAnswer(TypedDict):
    title: str
    start_seconds: float
    end_seconds: float


class VideoAnswer(TypedDict):
    """A video of the library."""

    id: int
    title: str
    description: str
    uploader: str | None
    source: str
    source_url: str | None
    published_at: Moment | None
    duration_seconds: float | None
    width: int | None
    height: int | None
    video_codec: str | None
    audio_codec: str | None
    container: str
    file: StoredFileAnswer
    thumbnail_url: str | None
    subtitles: list[SubtitleAnswer]
    chapters: list[ChapterAnswer]
    created_at: Moment
    watched_at: Annotated[Moment | None, "When it was last played or fetched."]
    pinned: Annotated[bool, "No rule removes it."]
    expires_at: Annotated[Moment | None, "A temporary video: it is removed then."]
    removal_at: Annotated[Moment | None, "A rule removes it then, unless it is pinned."]


class VideoList(PageShape):
    results: list[VideoAnswer]


def stored_file_answer(video: Video) -> StoredFileAnswer:
    return StoredFileAnswer(
        path=media_path(video),
        size_bytes=video.file.size_bytes,
        sha256=video.file.sha256,
        content_type=video.file.content_type,
        url=reverse("library-api:file", args=[video.pk]),
    )


def media_path(video: Video) -> str:
    """Where the video's file lies below the media root."""
    return str(PurePosixPath("library") / video.file.key)


def video_answer(video: Video) -> VideoAnswer:
    return VideoAnswer(
        id=video.pk,
        title=video.title,
        description=video.description,
        uploader=video.uploader or None,
        source=video.source,
        source_url=video.source_url or None,
        published_at=moment_or_none(video.published_at),
        duration_seconds=video.duration_seconds,
        width=video.width,
        height=video.height,
        video_codec=video.video_codec or None,
        audio_codec=video.audio_codec or None,
        container=video.container,
        file=stored_file_answer(video),
        thumbnail_url=(
            reverse("library:thumbnail", args=[video.pk]) if video.thumbnail_key else None
        ),
        subtitles=[
            SubtitleAnswer(
                language=subtitle.language,
                label=subtitle.label,
                automatic=subtitle.automatic,
                url=reverse("library:subtitles", args=[video.pk, subtitle.language]),
            )
            for subtitle in video.subtitles.all()
        ],
        chapters=[_chapter(chapter) for chapter in video.chapters],
        created_at=moment(video.created_at),
        watched_at=moment_or_none(video.watched_at),
        pinned=video.pinned,
        expires_at=moment_or_none(video.expires_at),
        removal_at=moment_or_none(video.removal_at),
    )


def _chapter(chapter: dict[str, Any]) -> ChapterAnswer:
    return ChapterAnswer(
        title=chapter["title"],
        start_seconds=chapter["start_seconds"],
        end_seconds=chapter["end_seconds"],
    )
