"""A download as those who watch it are told: one shape for progress and for moves."""

from datetime import datetime
from typing import Any

from core.models import Status
from downloads.models import Download
from downloads.taxonomy import explain


def update_of(download: Download) -> dict[str, Any]:
    """Everything a page needs to draw the download anew; facts not known are None."""
    video = download.video
    failed = download.status == Status.FAILED
    return {
        "id": download.pk,
        "status": download.status,
        "stage": download.stage or None,
        "wait_reason": download.wait_reason or None,
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
        "error_code": download.error_code or None,
        "error_message": str(explain(download.error_code).message) if failed else None,
    }


def _thumbnail(download: Download) -> str | None:
    """There is one while the working folder is, and again once there is a video."""
    there = download.has_thumbnail and (download.is_active or download.video_id is not None)
    return f"/downloads/{download.pk}/thumbnail" if there else None


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
