"""What the API tells of batches, and of a course before it becomes one."""

from collections.abc import Iterable, Mapping
from typing import Annotated, TypedDict

from django.urls import reverse

from core.shapes import Moment, PageShape, moment
from courses.models import CourseVideo
from downloads.api.answers import DownloadAnswer
from downloads.models import BatchDownload, BatchItem, Format, Quality
from downloads.reasons import reason_words
from downloads.selectors.batches import BatchState
from downloads.selectors.preview import Found, Preview
from downloads.states import BatchStatus


class SkippedAnswer(TypedDict):
    """What of a course is not fetched, and why."""

    reason: Annotated[str, "`already_held`, `duplicate`, or the code of what is in the way."]
    message: Annotated[str, "The same in plain words."]
    title: str
    video_id: Annotated[int | None, "The course's video."]
    material_id: Annotated[int | None, "Or the course's material."]


class DownloadAllAnswer(TypedDict):
    """A batch that was just made."""

    job_id: int
    status: BatchStatus
    total_videos: Annotated[int, "What is fetched, materials included."]
    skipped: list[SkippedAnswer]


class BatchAnswer(TypedDict):
    """All videos of a course at once. The counters are those of its downloads at this moment."""

    id: int
    job_id: Annotated[int, "The same as `id`."]
    title: str
    course_id: int | None
    course_google_id: str | None
    credential_id: int | None
    quality: Quality
    format: Format
    status: BatchStatus
    total_videos: Annotated[int, "Sum of the five that follow."]
    completed_videos: int
    in_progress_videos: int
    queued_videos: int
    failed_videos: int
    cancelled_videos: int
    skipped_videos: Annotated[int, "Left out from the beginning; they are not in the total."]
    progress_percent: Annotated[float, "How much of it is in your library."]
    downloaded_bytes: int
    total_bytes: Annotated[int, "Of those whose size is known."]
    unknown_sizes: Annotated[int, "Downloads whose size is not known yet."]
    zip_url: Annotated[str | None, "What is complete, as one ZIP."]
    created_at: Moment


class BatchList(PageShape):
    results: list[BatchAnswer]


class ItemAnswer(TypedDict):
    """One video or material of a batch: its download, or else the reason there is none."""

    position: int
    title: str
    video_id: Annotated[int | None, "The course's video."]
    material_id: Annotated[int | None, "Or the course's material."]
    reason: str | None
    message: Annotated[str | None, "The reason in plain words."]
    download: DownloadAnswer | None


class ItemList(PageShape):
    results: list[ItemAnswer]


class NeedsAnswer(TypedDict):
    """A permission that is not given, and how much would come with it."""

    bundle: str
    videos: int


class PreviewAnswer(TypedDict):
    """What `download-all` would do now."""

    course_id: int
    course_google_id: str
    credential_id: int
    found: Annotated[int, "Videos, and materials where asked for, each once."]
    held: Annotated[int, "Your library has them."]
    under_way: Annotated[int, "Waiting or being fetched already."]
    ready: Annotated[int, "Would be queued."]
    unreachable: list[SkippedAnswer]
    needs: list[NeedsAnswer]
    known_bytes: Annotated[int, "Of what is ready, as far as the sources tell."]
    unknown_sizes: Annotated[int, "Ready ones whose size is not known."]
    free_bytes: Annotated[int, "Room on the disk, without its reserve."]
    is_room: bool
    quota_bytes: Annotated[int | None, "Your space; null: no limit."]
    used_bytes: Annotated[int, "Of your space."]
    fits_quota: Annotated[bool, "Your space holds what is known of it; what it does not, waits."]


def batch_answer(batch: BatchDownload, state: BatchState) -> BatchAnswer:
    zip_url = reverse("downloads-api:batch-zip", args=[batch.pk]) if state.completed else None
    return BatchAnswer(
        id=batch.pk,
        job_id=batch.pk,
        title=batch.title,
        course_id=batch.course_id,
        course_google_id=batch.course.google_id if batch.course else None,
        credential_id=batch.credential_id,
        quality=Quality(batch.quality),
        format=Format(batch.format),
        status=state.status,
        total_videos=state.total,
        completed_videos=state.completed,
        in_progress_videos=state.running,
        queued_videos=state.queued,
        failed_videos=state.failed,
        cancelled_videos=state.cancelled,
        skipped_videos=state.skipped,
        progress_percent=state.percent,
        downloaded_bytes=state.downloaded_bytes,
        total_bytes=state.total_bytes,
        unknown_sizes=state.unknown_sizes,
        zip_url=zip_url,
        created_at=moment(batch.created_at),
    )


def download_all_answer(
    batch: BatchDownload, state: BatchState, skipped: Iterable[BatchItem]
) -> DownloadAllAnswer:
    return DownloadAllAnswer(
        job_id=batch.pk,
        status=state.status,
        total_videos=state.total,
        skipped=[
            SkippedAnswer(
                reason=item.reason,
                message=str(reason_words(item.reason).message),
                title=item.title,
                video_id=item.video_id,
                material_id=item.material_id,
            )
            for item in skipped
        ],
    )


def item_answer(item: BatchItem, downloads: Mapping[int, DownloadAnswer]) -> ItemAnswer:
    return ItemAnswer(
        position=item.position,
        title=item.title,
        video_id=item.video_id,
        material_id=item.material_id,
        reason=item.reason or None,
        message=str(reason_words(item.reason).message) if item.reason else None,
        download=downloads.get(item.download_id or 0),
    )


def preview_answer(preview: Preview) -> PreviewAnswer:
    needs = (
        [NeedsAnswer(bundle=preview.needs, videos=len(preview.lacking))] if preview.needs else []
    )
    return PreviewAnswer(
        course_id=preview.course.pk,
        course_google_id=preview.course.google_id,
        credential_id=preview.credential.pk,
        found=len(preview.found),
        held=len(preview.held),
        under_way=len(preview.under_way),
        ready=len(preview.ready),
        unreachable=[_unreachable(row) for row in preview.unreachable],
        needs=needs,
        known_bytes=preview.known_bytes,
        unknown_sizes=preview.unknown_sizes,
        free_bytes=preview.free_bytes,
        is_room=preview.is_room,
        quota_bytes=preview.space.quota_bytes,
        used_bytes=preview.space.used_bytes,
        fits_quota=preview.fits_quota,
    )


def _unreachable(row: Found) -> SkippedAnswer:
    is_video = isinstance(row.item, CourseVideo)
    return SkippedAnswer(
        reason=row.reason,
        message=str(reason_words(row.reason).message),
        title=row.title,
        video_id=row.item.pk if is_video else None,
        material_id=None if is_video else row.item.pk,
    )
