"""Examples of presets, looks and cookies, as the OpenAPI document shows them."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

_PLAYLIST = "https://www.youtube.com/playlist?list=PLsemester"
_listing: dict[str, Any] = {
    "id": 12,
    "status": "completed",
    "url": _PLAYLIST,
    "is_playlist": True,
    "title": "Lessons of the semester",
    "channel": "Professor Ana",
    "total_videos": 1,
    "error": None,
    "created_at": "2026-11-20T12:00:00Z",
    "finished_at": "2026-11-20T12:00:02Z",
}
_entry = {
    "place": 0,
    "url": "https://www.youtube.com/watch?v=jNQXAC9IVRw",
    "source": "youtube",
    "title": "Lesson 1",
    "channel": "Professor Ana",
    "channel_id": "UC4QobU6STFB0P71PMvOGN5A",
    "duration_seconds": 19.0,
    "published_at": "2026-11-01T00:00:00+00:00",
    "estimated_size": None,
    "available": True,
    "held": False,
    "under_way": False,
}
_waiting = {
    **_listing,
    "status": "queued",
    "is_playlist": None,
    "title": None,
    "channel": None,
    "total_videos": None,
    "finished_at": None,
}
_cookies = {
    "id": 5,
    "site": "youtube.com",
    "number": 14,
    "enabled": True,
    "state": "good",
    "owner_id": 1,
    "created_at": "2026-11-20T12:00:00Z",
    "expires_at": "2027-11-20T12:00:00Z",
    "last_used_at": None,
    "refused_at": None,
}
_preset = {
    "id": 1,
    "name": "For the projector",
    "description": "Sharp enough for a classroom, and small.",
    "quality": "720p",
    "format": "mp4",
    "audio_only": False,
    "subtitles": True,
    "is_default": True,
}

PRESETS = OpenApiExample("Presets", {"results": [_preset], "total": 1})
LISTING_REQUEST = OpenApiExample("Playlist", {"url": _PLAYLIST}, request_only=True)
ASKED = OpenApiExample("Asked for", {**_waiting, "entries": []})
LISTING = OpenApiExample("Read", {**_listing, "entries": [_entry]})
LISTINGS = OpenApiExample("Page", {"results": [_listing], "total": 1, "limit": 50, "offset": 0})
PICK_REQUEST = OpenApiExample("Two", {"places": [0, 3], "quality": "720p"}, request_only=True)
COOKIES_REQUEST = OpenApiExample(
    "Export",
    {
        "site": "youtube.com",
        "content": "# Netscape HTTP Cookie File\n"
        ".youtube.com\tTRUE\t/\tTRUE\t1795000000\tSID\tnot-a-real-one\n",
    },
    request_only=True,
)
COOKIES_CHANGE = OpenApiExample("Off", {"enabled": False}, request_only=True)
COOKIES = OpenApiExample("Kept", _cookies)
COOKIES_PAGE = OpenApiExample(
    "Page", {"results": [_cookies], "total": 1, "limit": 50, "offset": 0}
)
