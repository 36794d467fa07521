"""The database as a server: its clock, and what it raises while it is away."""

from datetime import datetime

import psycopg
from django.db import InterfaceError, InternalError, OperationalError, connection
from django.db.models.functions import Now
from django.utils import timezone

# InternalError: the server has parted from us, because we stood still within a transaction.
AWAY = (OperationalError, InterfaceError, InternalError, psycopg.OperationalError)


def database_now() -> Now | datetime:
    """The database server's time, so that a worker's wrong clock harms nobody.

    SQLite has no clock but this process's, and its own NOW is cut to milliseconds, which sorts
    before the microseconds in the rows.
    """
    return timezone.now() if connection.vendor == "sqlite" else Now()


def read_clock() -> datetime:
    """The same as a value: for what is decided here, above all whether something is old."""
    if connection.vendor == "sqlite":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    return now  # type: ignore[no-any-return]
