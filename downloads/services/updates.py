"""Downloads and batches as those who watch them are told: one shape for progress and for moves."""

from datetime import datetime
from typing import Any

from core.models import Status
from downloads.models import BatchDownload, Download
from downloads.selectors import batches
from downloads.selectors.downloads import has_picture, wait_reason
from downloads.taxonomy import explain


def update_of(download: Download) -> dict[str, Any]:
    """Everything a page needs to draw the download anew; facts not known are None."""
    video = download.video
    failed = download.status == Status.FAILED
    return {
        "id": download.pk,
        "status": download.status,
        "stage": download.stage or None,
        "wait_reason": wait_reason(download) or None,
        "title": download.title or None,
        "url": download.url,
        "source": download.source,
        "thumbnail": _thumbnail(download),
        "progress": round(download.progress_percent, 1),
        "downloaded_bytes": download.downloaded_bytes,
        "total_bytes": download.total_bytes,
        "speed_bytes_per_second": download.speed_bytes_per_second,
        "eta_seconds": download.eta_seconds,
        "duration": download.duration_seconds,
        "quality": download.quality,
        "format": video.container if video else None,
        "started_at": _iso(download.started_at),
        "queue_position": None,
        "attempt": download.attempt,
        "file_path": f"library/{video.file.key}" if video else None,
        "file_size": video.file.size_bytes if video else None,
        "video_id": download.video_id,
        "linked": download.linked,
        "error_code": download.error_code or None,
        "error_message": str(explain(download.error_code).message) if failed else None,
    }


def batch_update_of(batch: BatchDownload) -> dict[str, Any]:
    """A batch as its page draws it; its counters are those of its downloads at this moment."""
    state = batches.state_of(batch)
    return {
        "id": batch.pk,
        "course_id": batch.course_id,
        "credential_id": batch.credential_id,
        "title": batch.title,
        "status": state.status,
        "total_videos": state.total,
        "completed_videos": state.completed,
        "in_progress_videos": state.running,
        "queued_videos": state.queued,
        "failed_videos": state.failed,
        "cancelled_videos": state.cancelled,
        "progress_percent": state.percent,
        "downloaded_bytes": state.downloaded_bytes,
        "total_bytes": state.total_bytes,
    }


def _thumbnail(download: Download) -> str | None:
    return f"/downloads/{download.pk}/thumbnail" if has_picture(download) else None


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
