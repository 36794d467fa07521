"""Examples of the downloads API, as the OpenAPI document shows them."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

_URL = "https://www.youtube.com/watch?v=jNQXAC9IVRw"
_FOLDER = "library/d0/d42-5b1f09c2"
_MEBIBYTE = 1024 * 1024


def _download(**facts: Any) -> dict[str, Any]:
    """A download that waits, changed by `facts`, with the older names alongside."""
    told = {
        "id": 42,
        "status": "queued",
        "stage": None,
        "wait_reason": None,
        "queue_position": None,
        "url": _URL,
        "source": "youtube",
        "title": "Me at the zoo",
        "quality": "720p",
        "format": "auto",
        "audio_only": False,
        "subtitles": True,
        "priority": 0,
        "linked": False,
        "probed": None,
        "video_id": None,
        "estimated_size": None,
        "duration_seconds": None,
        "expires_in": None,
        "progress_percent": 0.0,
        "downloaded_bytes": 0,
        "total_bytes": None,
        "speed_bytes_per_second": None,
        "eta_seconds": None,
        "attempt": 0,
        "file": None,
        "directories": {"project": None, "video": None, "source": None},
        "error": None,
        "created_at": "2026-11-20T12:00:00Z",
        "available_at": "2026-11-20T12:00:00Z",
        "started_at": None,
        "finished_at": None,
        "completed_at": None,
        "course_id": None,
        "course_google_id": None,
        "coursework_id": None,
        "coursework_google_id": None,
        "course_video_id": None,
        "material_id": None,
        "credential_id": None,
        "batch_id": None,
        "batch_ids": [],
        "subscription_id": None,
    } | facts
    return told | _older_names(told)


def _older_names(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "download_id": told["id"],
        "download_status": told["status"],
        "download_progress": told["progress_percent"],
        "video_url": told["url"],
        "video_metadata": {
            "title": told["title"],
            "duration_seconds": told["duration_seconds"],
            "format": "mp4" if told["file"] else None,
            "source": told["source"],
        },
        "file_path": told["directories"]["video"],
        "file_size_bytes": told["file"]["size_bytes"] if told["file"] else None,
        "project_path": told["directories"]["project"],
        "video_path": told["directories"]["video"],
        "source_path": told["directories"]["source"],
        "retry_count": told["attempt"],
        "error_message": told["error"]["message"] if told["error"] else None,
    }


_queued = _download(queue_position=3)
_running = _download(
    status="running",
    stage="downloading",
    duration_seconds=19.0,
    estimated_size=8 * _MEBIBYTE,
    progress_percent=37.5,
    downloaded_bytes=3 * _MEBIBYTE,
    total_bytes=8 * _MEBIBYTE,
    speed_bytes_per_second=1.5 * _MEBIBYTE,
    eta_seconds=3.3,
    started_at="2026-11-20T12:00:01Z",
)
_completed = _download(
    status="completed",
    video_id=7,
    duration_seconds=19.0,
    progress_percent=100.0,
    downloaded_bytes=8 * _MEBIBYTE,
    total_bytes=8 * _MEBIBYTE,
    file={
        "path": f"{_FOLDER}/video.mp4",
        "size_bytes": 8 * _MEBIBYTE,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "content_type": "video/mp4",
        "url": "/api/v1/videos/7/file",
    },
    directories={
        "project": _FOLDER,
        "video": f"{_FOLDER}/video.mp4",
        "source": f"{_FOLDER}/video.mp4",
    },
    started_at="2026-11-20T12:00:01Z",
    finished_at="2026-11-20T12:00:07Z",
    completed_at="2026-11-20T12:00:07Z",
)
_failed = _download(
    status="failed",
    attempt=1,
    error={
        "code": "source.private",
        "message": "The video is private.",
        "advice": "Ask its owner to share it, then try again.",
        "retryable": False,
        "who": "owner",
        "reference": "d42-1",
    },
    started_at="2026-11-20T12:00:01Z",
    finished_at="2026-11-20T12:00:03Z",
)

REQUEST = OpenApiExample("Lesson", {"url": _URL, "quality": "720p"}, request_only=True)
COURSEWORK_REQUEST = OpenApiExample(
    "Coursework",
    {"course_id": "google:718304551122", "coursework_id": 77, "credential_id": 3},
    request_only=True,
)
BULK_REQUEST = OpenApiExample(
    "Retry", {"action": "retry", "filter": {"status": "failed"}}, request_only=True
)
BULK = OpenApiExample(
    "Retried",
    {
        "done": 16,
        "unchanged": 0,
        "refused": [
            {
                "id": 41,
                "code": "already_under_way",
                "message": "The same video is being downloaded already.",
            }
        ],
        "left": 0,
    },
)
COMPLETED_DOWNLOAD = _completed
QUEUED = OpenApiExample("Queued", _queued)
SEVERAL = OpenApiExample("Several", {"results": [_queued], "total": 1})
PROBED = OpenApiExample("Probed", {**_queued, "estimated_size": 8 * _MEBIBYTE, "probed": True})
RUNNING = OpenApiExample("Running", _running)
PAGE = OpenApiExample(
    "Page",
    {
        "results": [_running, _queued],
        "total": 2,
        "limit": 50,
        "offset": 0,
        "next_cursor": None,
    },
)
STATES = [
    RUNNING,
    OpenApiExample("Completed", _completed),
    OpenApiExample("Failed", _failed),
]
