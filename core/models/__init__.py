from core.models.bucket import RateBucket
from core.models.event import Event
from core.models.heartbeat import WorkerHeartbeat
from core.models.idempotency import IdempotencyKey
from core.models.job import ACTIVE, ENDED, Job, JobQuerySet, Status

__all__ = [
    "ACTIVE",
    "ENDED",
    "Event",
    "IdempotencyKey",
    "Job",
    "JobQuerySet",
    "RateBucket",
    "Status",
    "WorkerHeartbeat",
]
