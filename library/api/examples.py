"""Examples of the library API, as the OpenAPI document shows them."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

_video: dict[str, Any] = {
    "id": 7,
    "title": "Me at the zoo",
    "description": "Elephants.",
    "uploader": "jawed",
    "source": "youtube",
    "source_url": "https://www.youtube.com/watch?v=jNQXAC9IVRw",
    "published_at": "2005-04-24T03:31:52Z",
    "duration_seconds": 19.0,
    "width": 320,
    "height": 240,
    "video_codec": "h264",
    "audio_codec": "aac",
    "container": "mp4",
    "file": {
        "path": "library/d0/d42-5b1f09c2/video.mp4",
        "size_bytes": 791367,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "content_type": "video/mp4",
        "url": "/api/v1/videos/7/file",
    },
    "thumbnail_url": "/library/7/thumbnail",
    "subtitles": [
        {
            "language": "pt",
            "label": "Português",
            "automatic": True,
            "url": "/library/7/subtitles/pt.vtt",
        }
    ],
    "chapters": [{"title": "Intro", "start_seconds": 0.0, "end_seconds": 5.0}],
    "created_at": "2026-11-20T12:00:07Z",
    "watched_at": "2026-11-21T08:30:00Z",
    "pinned": False,
    "expires_at": None,
    "removal_at": None,
}

VIDEO = OpenApiExample("Video", _video)
PAGE = OpenApiExample("Page", {"results": [_video], "total": 1, "limit": 50, "offset": 0})
CHANGE = OpenApiExample("Keep", {"pinned": True}, request_only=True)
