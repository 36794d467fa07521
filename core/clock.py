"""The clock by which leases are judged."""

from datetime import datetime

from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone


def database_now() -> Now | datetime:
    """The database server's time, so that a worker's wrong clock harms nobody.

    SQLite has no clock but this process's, and its own NOW is cut to milliseconds, which sorts
    before the microseconds in the rows.
    """
    return timezone.now() if connection.vendor == "sqlite" else Now()
