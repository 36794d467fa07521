"""Examples of the courses API, as the OpenAPI document shows them."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

_course: dict[str, Any] = {
    "id": 12,
    "google_id": "718304552211",
    "name": "Biologia 9º ano",
    "section": "Turma B",
    "heading": None,
    "description": "Aulas, listas e experimentos.",
    "room": "Sala 12",
    "state": "active",
    "teachers": [{"google_id": "1059", "name": "Marina Alves"}],
    "owner": "1059",
    "video_count": 38,
    "downloaded_count": 11,
    "last_synced_at": "2026-11-20T12:00:00Z",
    "accesses": [
        {
            "credential_id": 3,
            "email": "marina@escola.example",
            "role": "owner",
            "problem": None,
            "synced_at": "2026-11-20T12:00:00Z",
        }
    ],
    "alternate_link": "https://classroom.google.com/c/NzE4MzA0",
    "created_at": "2026-02-02T09:00:00Z",
    "updated_at": "2026-11-18T16:20:11Z",
}
_topic = {"id": 5, "google_id": "9001", "name": "Fotossíntese"}
_material: dict[str, Any] = {
    "id": 301,
    "coursework_id": 77,
    "kind": "document",
    "title": "Roteiro da aula",
    "url": "https://docs.google.com/document/d/1AbC/edit",
    "mime_type": "application/vnd.google-apps.document",
    "size_bytes": None,
    "fetchable": True,
    "file_url": None,
    "gone_at": None,
}
_coursework: dict[str, Any] = {
    "id": 77,
    "google_id": "4420011",
    "kind": "material",
    "title": "Aula 1: a luz vira açúcar",
    "description": "Assistam antes de quinta.",
    "state": "published",
    "topic": _topic,
    "has_video": True,
    "video_url": "https://www.youtube.com/watch?v=uMfZ9B8iU4E",
    "video_source": "youtube",
    "videos": [
        {
            "id": 210,
            "title": "Photosynthesis",
            "source": "youtube",
            "url": "https://www.youtube.com/watch?v=uMfZ9B8iU4E",
            "duration_seconds": 751.0,
            "size_bytes": None,
            "mime_type": None,
            "in_text": False,
            "problem": None,
            "video_id": 7,
            "gone_at": None,
        }
    ],
    "materials": [_material],
    "alternate_link": "https://classroom.google.com/c/NzE4MzA0/m/NDQyMDAxMQ/details",
    "created_at": "2026-03-10T10:00:00Z",
    "updated_at": "2026-03-11T08:30:00Z",
    "gone_at": None,
}
_sync: dict[str, Any] = {
    "id": 90,
    "status": "running",
    "wait_reason": None,
    "credential_id": 3,
    "course_id": None,
    "full": False,
    "courses_total": 14,
    "courses_done": 5,
    "items_seen": 211,
    "videos_found": 96,
    "changes": 3,
    "now_reading": "Biologia 9º ano",
    "error": None,
    "created_at": "2026-11-20T12:00:00Z",
    "started_at": "2026-11-20T12:00:01Z",
    "finished_at": None,
}
_change = {
    "id": 55,
    "change": "new",
    "what": "video",
    "title": "Aula 2: respiração celular",
    "coursework_id": 77,
    "coursework_google_id": "4420011",
    "at": "2026-11-20T12:00:02Z",
}
_NEXT = "WzEyXQ:1vLk2Q:bXl0b2tlbg"


def _page(row: dict[str, Any], token: str | None = None) -> OpenApiExample:
    return OpenApiExample("Page", {"results": [row], "next_page_token": token})


COURSES = _page(_course, _NEXT)
COURSE = OpenApiExample("Course", _course)
COURSEWORKS = _page(_coursework, _NEXT)
COURSEWORK = OpenApiExample("Coursework", _coursework)
TOPICS = OpenApiExample("Topics", {"results": [_topic]})
MATERIALS = _page(_material)
CHANGES = _page(_change)
SYNC_REQUEST = OpenApiExample(
    "One course", {"course_id": "google:718304552211"}, request_only=True
)
SYNC = OpenApiExample("Running", _sync)
SYNCS = _page(_sync)
SYNCS_STARTED = OpenApiExample("Started", {"results": [_sync]})
