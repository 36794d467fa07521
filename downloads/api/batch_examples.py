"""Examples of the API of whole courses, as the OpenAPI document shows them."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

from downloads.api.examples import COMPLETED_DOWNLOAD

_GIGABYTE = 1000**3
_HELD: dict[str, Any] = {
    "reason": "already_held",
    "message": "Your library has it already.",
    "title": "Fractions, part 1",
    "video_id": 311,
    "material_id": None,
}
_UNREACHABLE: dict[str, Any] = {
    "reason": "source.not_downloadable",
    "message": "Its owner, or Google, does not allow this video to be downloaded.",
    "title": "Interview",
    "video_id": 318,
    "material_id": None,
}
_BATCH: dict[str, Any] = {
    "id": 12,
    "job_id": 12,
    "title": "Mathematics 7A",
    "course_id": 5,
    "course_google_id": "718304551122",
    "credential_id": 3,
    "quality": "best",
    "format": "auto",
    "status": "in_progress",
    "total_videos": 25,
    "completed_videos": 10,
    "in_progress_videos": 2,
    "queued_videos": 12,
    "failed_videos": 1,
    "cancelled_videos": 0,
    "skipped_videos": 13,
    "progress_percent": 42.1,
    "downloaded_bytes": 2 * _GIGABYTE,
    "total_bytes": 5 * _GIGABYTE,
    "unknown_sizes": 9,
    "zip_url": "/api/v1/batch-downloads/12/zip",
    "created_at": "2026-11-20T12:00:00Z",
}

REQUEST = OpenApiExample(
    "Whole course", {"credential_id": 3, "include": ["materials"]}, request_only=True
)
MADE = OpenApiExample(
    "Made",
    {
        "job_id": 12,
        "status": "pending",
        "total_videos": 25,
        "skipped": [_HELD, _UNREACHABLE],
    },
)
PREVIEW = OpenApiExample(
    "Preview",
    {
        "course_id": 5,
        "course_google_id": "718304551122",
        "credential_id": 3,
        "found": 38,
        "held": 11,
        "under_way": 0,
        "ready": 22,
        "unreachable": [_UNREACHABLE],
        "needs": [{"bundle": "drive", "videos": 4}],
        "known_bytes": 5 * _GIGABYTE,
        "unknown_sizes": 9,
        "free_bytes": 212 * _GIGABYTE,
        "is_room": True,
        "quota_bytes": 50 * _GIGABYTE,
        "used_bytes": 12 * _GIGABYTE,
        "fits_quota": True,
    },
)
BATCH = OpenApiExample("Batch", _BATCH)
PAGE = OpenApiExample("Page", {"results": [_BATCH], "total": 1, "limit": 50, "offset": 0})
ITEMS = OpenApiExample(
    "Items",
    {
        "results": [
            {
                "position": 1,
                "title": "Fractions, part 1",
                "video_id": 311,
                "material_id": None,
                "reason": "already_held",
                "message": "Your library has it already.",
                "download": None,
            },
            {
                "position": 2,
                "title": "Me at the zoo",
                "video_id": 312,
                "material_id": None,
                "reason": None,
                "message": None,
                "download": COMPLETED_DOWNLOAD,
            },
        ],
        "total": 38,
        "limit": 2,
        "offset": 0,
    },
)
RETRIED = OpenApiExample("Retried", {"done": 1, "unchanged": 0, "refused": [], "left": 0})
