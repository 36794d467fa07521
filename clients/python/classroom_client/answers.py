"""What the API answers. It may tell more than is named here; what is named here it tells."""

from typing import Any, Literal, TypedDict

Status = Literal["queued", "running", "completed", "failed", "cancelled"]


class DownloadError(TypedDict):
    code: str
    message: str
    advice: str
    retryable: bool
    who: str
    reference: str


class StoredFile(TypedDict):
    path: str
    size_bytes: int
    sha256: str
    content_type: str
    url: str


class Download(TypedDict):
    id: int
    status: Status
    stage: str | None
    wait_reason: str | None
    queue_position: int | None
    url: str
    source: str
    title: str | None
    linked: bool
    video_id: int | None
    estimated_size: int | None
    progress_percent: float
    downloaded_bytes: int
    total_bytes: int | None
    attempt: int
    file: StoredFile | None
    error: DownloadError | None
    course_id: int | None
    coursework_id: int | None
    credential_id: int | None
    batch_id: int | None
    created_at: str
    completed_at: str | None


class Batch(TypedDict):
    job_id: int
    title: str
    course_id: int | None
    status: str
    total_videos: int
    completed_videos: int
    in_progress_videos: int
    queued_videos: int
    failed_videos: int
    cancelled_videos: int
    progress_percent: float
    zip_url: str | None


class Skipped(TypedDict):
    reason: str
    message: str
    title: str
    video_id: int | None


class BatchStarted(TypedDict):
    job_id: int
    status: str
    total_videos: int
    skipped: list[Skipped]


class Credential(TypedDict):
    id: int
    tenant_id: str
    email: str
    status: str
    is_active: bool
    scopes: list[str]
    capabilities: list[str]
    missing: list[str]
    expires_at: str | None
    last_used_at: str | None


class ConnectLink(TypedDict):
    id: int
    status: str
    url: str | None
    tenant_id: str
    credential_id: int | None
    problem: str | None
    expires_at: str


class Course(TypedDict):
    id: int
    google_id: str
    name: str
    section: str | None
    state: str
    owner: str | None
    video_count: int
    downloaded_count: int
    last_synced_at: str | None
    alternate_link: str | None


class CourseVideo(TypedDict):
    id: int
    title: str | None
    source: str
    url: str
    duration_seconds: float | None
    size_bytes: int | None
    problem: str | None
    video_id: int | None


class Coursework(TypedDict):
    id: int
    google_id: str
    kind: str
    title: str | None
    state: str
    has_video: bool
    video_url: str | None
    videos: list[CourseVideo]
    materials: list[dict[str, Any]]
    alternate_link: str | None


class Sync(TypedDict):
    id: int
    status: str
    credential_id: int
    course_id: int | None
    courses_total: int
    courses_done: int
    videos_found: int
    error: dict[str, Any] | None


class Video(TypedDict):
    id: int
    title: str
    description: str
    source: str
    source_url: str | None
    duration_seconds: float | None
    container: str
    file: StoredFile
    created_at: str
