"""The database as a server: its clock, and what it raises while it is away."""

from datetime import datetime

import psycopg
from django.db import InterfaceError, OperationalError, connection
from django.db.models.functions import Now
from django.utils import timezone

AWAY = (OperationalError, InterfaceError, psycopg.OperationalError)


def database_now() -> Now | datetime:
    """The database server's time, so that a worker's wrong clock harms nobody.

    SQLite has no clock but this process's, and its own NOW is cut to milliseconds, which sorts
    before the microseconds in the rows.
    """
    return timezone.now() if connection.vendor == "sqlite" else Now()
