"""What a running download does (stages only go forward within a run), and a batch. Pure."""

from enum import StrEnum


class Stage(StrEnum):
    RESOLVING = "resolving"
    DOWNLOADING = "downloading"
    MERGING = "merging"
    STORING = "storing"


class BatchStatus(StrEnum):
    """How far a batch is, seen over all its downloads."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    PARTIALLY_COMPLETED = "partially_completed"
    CANCELLED = "cancelled"
