"""What the API tells of downloads."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Annotated, TypedDict

from core.models import Status
from core.shapes import Moment, moment, moment_or_none
from downloads.api.paging import CursorShape
from downloads.models import Download, Format, Quality
from downloads.selectors import downloads as selectors
from downloads.selectors import queue
from downloads.selectors.waits import WaitReason, wait_of
from downloads.services.bulk import Outcome
from downloads.taxonomy import Who, explain
from library.api.answers import StoredFileAnswer, media_path, stored_file_answer
from library.models import Source


class ErrorAnswer(TypedDict):
    """Why a download failed."""

    code: str
    message: Annotated[str, "What happened, in plain words."]
    advice: Annotated[str, "What to do about it."]
    retryable: Annotated[bool, "Whether trying again may help."]
    who: Annotated[Who, "Who can do something about it."]
    reference: Annotated[str, "Finds the failure in the log; tell it to staff."]


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


class OriginAnswer(TypedDict):
    """Where in Classroom it comes from, and with which account it is fetched."""

    course_id: int | None
    course_google_id: str | None
    coursework_id: int | None
    coursework_google_id: str | None
    course_video_id: Annotated[int | None, "The course's video that it is."]
    material_id: Annotated[int | None, "The course's material that it is, if it is no video."]
    credential_id: int | None
    batch_id: Annotated[int | None, "The newest batch it is in."]
    batch_ids: Annotated[list[int], "All batches it is in."]
    subscription_id: Annotated[int | None, "The subscription it belongs to."]


class DownloadFacts(OriginAnswer):
    id: int
    status: Status
    stage: Annotated[str | None, "While it runs."]
    wait_reason: Annotated[WaitReason | None, "While it waits for more than its turn."]
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
    probed: Annotated[
        bool | None, "In the answer to `probe`: whether the source answered in time."
    ]
    video_id: int | None
    estimated_size: int | None
    duration_seconds: float | None
    expires_in: Annotated[int | None, "Seconds for which its file is kept; null: for good."]
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


class DownloadList(CursorShape):
    results: list[DownloadAnswer]


class QueuedList(TypedDict):
    """What one request made, or found under way."""

    results: list[DownloadAnswer]
    total: int


class RefusalAnswer(TypedDict):
    id: int
    code: str
    message: str


class BulkAnswer(TypedDict):
    """How much of it was done. `left` are those a filter found beyond what is done at once."""

    done: int
    unchanged: Annotated[int, "Nothing was to be done with them."]
    refused: list[RefusalAnswer]
    left: int


def download_answers(downloads: Sequence[Download]) -> list[DownloadAnswer]:
    """With places and batches of all of them, which takes the same few queries for any number."""
    places, batches = queue.positions_of(list(downloads)), selectors.batch_ids_of(downloads)
    return [
        download_answer(download, places.get(download.pk), batches.get(download.pk, []))
        for download in downloads
    ]


def bulk_answer(outcome: Outcome) -> BulkAnswer:
    return BulkAnswer(
        done=outcome.done,
        unchanged=outcome.unchanged,
        refused=[
            RefusalAnswer(id=one.download_id, code=one.error.code, message=str(one.error))
            for one in outcome.refused
        ],
        left=outcome.left,
    )


def download_answer(
    download: Download, place: int | None, batch_ids: Sequence[int]
) -> DownloadAnswer:
    completed = download.status == Status.COMPLETED
    wait = wait_of(download)
    return DownloadAnswer(
        id=download.pk,
        status=Status(download.status),
        stage=download.stage or None,
        wait_reason=wait.reason or None,
        queue_position=place,
        url=download.url,
        source=Source(download.source),
        title=download.title or None,
        quality=Quality(download.quality),
        format=Format(download.format),
        audio_only=download.audio_only,
        subtitles=download.subtitles,
        priority=download.priority,
        linked=download.linked,
        probed=None,
        video_id=download.video_id,
        estimated_size=download.estimated_bytes,
        duration_seconds=download.duration_seconds,
        expires_in=download.expires_in_seconds,
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
        available_at=moment(wait.until or download.available_at),
        started_at=moment_or_none(download.started_at),
        finished_at=moment_or_none(download.finished_at),
        completed_at=moment_or_none(download.finished_at) if completed else None,
        **_origin(download, batch_ids),
        **_older_names(download),
    )


def _origin(download: Download, batch_ids: Sequence[int]) -> OriginAnswer:
    coursework = selectors.coursework_of(download)
    return OriginAnswer(
        course_id=coursework.course_id if coursework else None,
        course_google_id=coursework.course.google_id if coursework else None,
        coursework_id=coursework.pk if coursework else None,
        coursework_google_id=coursework.google_id if coursework else None,
        course_video_id=download.course_video_id,
        material_id=download.material_id,
        credential_id=download.credential_id,
        batch_id=batch_ids[-1] if batch_ids else None,
        batch_ids=list(batch_ids),
        subscription_id=download.subscription_id,
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
        who=told.who,
        reference=selectors.reference_of(download),
    )
