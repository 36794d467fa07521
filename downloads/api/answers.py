"""What the API tells of downloads."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Annotated, TypedDict

from core.models import Status
from core.shapes import Moment, PageShape, moment, moment_or_none
from downloads.models import Download, Format, Quality, Source
from downloads.taxonomy import explain
from library.api.answers import StoredFileAnswer, media_path, stored_file_answer


class ErrorAnswer(TypedDict):
    """Why a download failed."""

    code: str
    message: Annotated[str, "What happened, in plain words."]
    advice: Annotated[str, "What to do about it."]
    retryable: Annotated[bool, "Whether trying again may help."]


class DirectoriesAnswer(TypedDict):
    """Below the media root; null until the video is stored."""

    project: str | None
    video: str | None
    source: str | None


class VideoMetadataAnswer(TypedDict):
    title: str | None
    duration_seconds: float | None
    format: str | None
    source: Source


class DownloadFacts(TypedDict):
    id: int
    status: Status
    stage: Annotated[str | None, "While it runs."]
    wait_reason: Annotated[str | None, "While it waits."]
    queue_position: Annotated[int | None, "From 1, while it waits."]
    url: str
    source: Source
    title: str | None
    quality: Quality
    format: Annotated[Format, "What was asked for; the file's own is in `video_metadata`."]
    audio_only: bool
    subtitles: bool
    priority: int
    linked: Annotated[bool, "The library had it; nothing was fetched."]
    video_id: int | None
    estimated_size: int | None
    duration_seconds: float | None
    progress_percent: float
    downloaded_bytes: int
    total_bytes: int | None
    speed_bytes_per_second: float | None
    eta_seconds: float | None
    attempt: Annotated[int, "Attempts that failed."]
    file: StoredFileAnswer | None
    directories: DirectoriesAnswer
    error: ErrorAnswer | None
    created_at: Moment
    available_at: Annotated[Moment, "It is not started before."]
    started_at: Moment | None
    finished_at: Moment | None
    completed_at: Moment | None


class OlderNames(TypedDict):
    """Facts of a download under the names older clients know."""

    download_id: int
    download_status: Status
    download_progress: float
    video_url: str
    video_metadata: VideoMetadataAnswer
    file_path: str | None
    file_size_bytes: int | None
    project_path: str | None
    video_path: str | None
    source_path: str | None
    retry_count: int
    error_message: str | None


class DownloadAnswer(DownloadFacts, OlderNames):
    """A download. What follows `download_id` repeats facts under the names older clients know."""


class DownloadList(PageShape):
    results: list[DownloadAnswer]


def download_answer(download: Download, places: Mapping[int, int | None]) -> DownloadAnswer:
    """`places` are the positions of those that wait (see selectors.queue.positions_of)."""
    completed = download.status == Status.COMPLETED
    return DownloadAnswer(
        id=download.pk,
        status=Status(download.status),
        stage=download.stage or None,
        wait_reason=download.wait_reason or None,
        queue_position=places.get(download.pk),
        url=download.url,
        source=Source(download.source),
        title=download.title or None,
        quality=Quality(download.quality),
        format=Format(download.format),
        audio_only=download.audio_only,
        subtitles=download.subtitles,
        priority=download.priority,
        linked=download.linked,
        video_id=download.video_id,
        estimated_size=download.estimated_bytes,
        duration_seconds=download.duration_seconds,
        progress_percent=download.progress_percent,
        downloaded_bytes=download.downloaded_bytes,
        total_bytes=download.total_bytes,
        speed_bytes_per_second=download.speed_bytes_per_second,
        eta_seconds=download.eta_seconds,
        attempt=download.attempt,
        file=stored_file_answer(download.video) if download.video else None,
        directories=_directories(download),
        error=_error(download),
        created_at=moment(download.created_at),
        available_at=moment(download.available_at),
        started_at=moment_or_none(download.started_at),
        finished_at=moment_or_none(download.finished_at),
        completed_at=moment_or_none(download.finished_at) if completed else None,
        **_older_names(download),
    )


def _older_names(download: Download) -> OlderNames:
    directories, error, video = _directories(download), _error(download), download.video
    return OlderNames(
        download_id=download.pk,
        download_status=Status(download.status),
        download_progress=download.progress_percent,
        video_url=download.url,
        video_metadata=VideoMetadataAnswer(
            title=download.title or None,
            duration_seconds=download.duration_seconds,
            format=video.container if video else None,
            source=Source(download.source),
        ),
        file_path=directories["video"],
        file_size_bytes=video.file.size_bytes if video else None,
        project_path=directories["project"],
        video_path=directories["video"],
        source_path=directories["source"],
        retry_count=download.attempt,
        error_message=error["message"] if error else None,
    )


def _directories(download: Download) -> DirectoriesAnswer:
    """The published folder, and the file in it; it is kept as it came, so it is the source too."""
    if download.video is None:
        return DirectoriesAnswer(project=None, video=None, source=None)
    path = PurePosixPath(media_path(download.video))
    return DirectoriesAnswer(project=str(path.parent), video=str(path), source=str(path))


def _error(download: Download) -> ErrorAnswer | None:
    if download.status != Status.FAILED:
        return None
    told = explain(download.error_code)
    return ErrorAnswer(
        code=download.error_code,
        message=str(told.message),
        advice=str(told.advice),
        retryable=told.retryable,
    )
