"""Counters that all processes share: rate limits, lockouts, abuse."""

from django.db import models


class RateBucket(models.Model):
    """How often something has happened in its window. Written by `core.ratelimit` alone."""

    key = models.CharField(max_length=200, primary_key=True)
    count = models.PositiveIntegerField()
    ends_ms = models.BigIntegerField(db_index=True)  # milliseconds since 1970, UTC

    def __str__(self) -> str:
        return self.key
