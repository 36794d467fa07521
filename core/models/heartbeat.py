"""Which workers are alive, as they say themselves."""

from django.db import models
from django.utils import timezone


class WorkerHeartbeat(models.Model):
    """One worker process; the row goes when it ends or has been silent for long."""

    holder = models.CharField(primary_key=True, max_length=36)
    node = models.CharField(max_length=100)
    pid = models.PositiveIntegerField()
    slots = models.PositiveSmallIntegerField()
    busy = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.node}/{self.pid}"
