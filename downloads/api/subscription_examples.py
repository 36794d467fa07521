"""Examples of the subscriptions API, as the OpenAPI document shows them."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

_subscription: dict[str, Any] = {
    "id": 3,
    "monitoring_id": 3,
    "name": "Physics with Ana",
    "kind": "channel",
    "url": "https://www.youtube.com/@physics-with-ana/videos",
    "course_id": None,
    "course_google_id": None,
    "credential_id": None,
    "directory": "subscriptions/1/physics-with-ana",
    "enabled": True,
    "interval": 21600,
    "auto_download": True,
    "quality": "720p",
    "format": "auto",
    "audio_only": False,
    "subtitles": True,
    "title_filter": "lesson -trailer",
    "longest_seconds": 5400,
    "since": None,
    "keep_last": 10,
    "checking": False,
    "last_checked_at": "2026-11-20T12:00:00Z",
    "next_check_at": "2026-11-20T18:00:00Z",
    "failures": 0,
    "error": None,
    "found_videos": 118,
    "new_videos": 117,
    "created_at": "2026-11-19T08:00:00Z",
}
_found: dict[str, Any] = {
    "id": 51,
    "subscription_id": 3,
    "url": "https://www.youtube.com/watch?v=jNQXAC9IVRw",
    "source": "youtube",
    "title": "Lesson 12: friction",
    "channel": "Physics with Ana",
    "channel_id": "UC4QobU6STFB0P71PMvOGN5A",
    "duration_seconds": 1260.0,
    "published_at": "2026-11-20T10:00:00Z",
    "status": "completed",
    "found_by": "check",
    "wanted": True,
    "found_at": "2026-11-20T12:00:00Z",
    "gone_at": None,
    "removed_at": None,
    "course_video_id": None,
    "download_id": 42,
    "video_id": 7,
    "error": None,
    "monitoring_id": 3,
    "created_by": 1,
    "download_status": "completed",
    "download_progress": 100.0,
    "download_started_at": "2026-11-20T12:00:02Z",
    "download_completed_at": "2026-11-20T12:00:41Z",
    "project_path": "subscriptions/1/physics-with-ana",
    "video_path": "subscriptions/1/physics-with-ana/2026-11-20 Lesson 12_ friction (7).mp4",
    "source_path": "library/d0/d42-5b1f09c2/video.mp4",
    "directories": {
        "project": "subscriptions/1/physics-with-ana",
        "video": "subscriptions/1/physics-with-ana/2026-11-20 Lesson 12_ friction (7).mp4",
        "source": "library/d0/d42-5b1f09c2/video.mp4",
    },
    "metadata": {
        "title": "Lesson 12: friction",
        "duration_seconds": 1260.0,
        "format": "mp4",
        "source": "youtube",
    },
}
_registered = _found | {
    "id": 52,
    "title": "Me at the zoo",
    "channel": None,
    "channel_id": None,
    "duration_seconds": None,
    "published_at": None,
    "status": "found",
    "found_by": "user",
    "wanted": False,
    "download_id": None,
    "video_id": None,
    "download_status": "found",
    "download_progress": 0.0,
    "download_started_at": None,
    "download_completed_at": None,
    "video_path": None,
    "source_path": None,
    "directories": {
        "project": "subscriptions/1/physics-with-ana",
        "video": None,
        "source": None,
    },
    "metadata": {
        "title": "Me at the zoo",
        "duration_seconds": None,
        "format": None,
        "source": "youtube",
    },
}

REQUEST = OpenApiExample(
    "Watch a channel",
    {
        "name": "Physics with Ana",
        "url": "https://www.youtube.com/@physics-with-ana",
        "interval": 21600,
        "auto_download": True,
        "quality": "720p",
        "keep_last": 10,
    },
    request_only=True,
)
COURSE_REQUEST = OpenApiExample(
    "Watch a course", {"course_id": 5, "auto_download": True}, request_only=True
)
VIDEO_REQUEST = OpenApiExample(
    "Note a video",
    {
        "url": "https://www.youtube.com/watch?v=jNQXAC9IVRw",
        "title": "Me at the zoo",
        "subscription_id": 3,
    },
    request_only=True,
)
CHANGES = OpenApiExample(
    "Look every hour, keep ten", {"interval": 3600, "keep_last": 10}, request_only=True
)
PICK = OpenApiExample("These two", {"ids": [51, 52]}, request_only=True)
ASIDE = OpenApiExample("Set aside", {"ignored": True}, request_only=True)
SUBSCRIPTION = OpenApiExample("Subscription", _subscription, response_only=True)
PAGE = OpenApiExample(
    "Page",
    {"results": [_subscription], "total": 1, "limit": 50, "offset": 0},
    response_only=True,
)
FOUND = OpenApiExample("Found video", _found, response_only=True)
REGISTERED = OpenApiExample("Noted video", _registered, response_only=True)
FOUND_PAGE = OpenApiExample(
    "Page of found videos",
    {"results": [_found], "total": 1, "limit": 50, "offset": 0},
    response_only=True,
)
