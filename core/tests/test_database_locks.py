"""Whoever holds the locks that all wait for, and says nothing any more, is parted from them."""

import pytest
from django.db import connection, transaction

from core.database import AWAY

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server"),
]


def shown(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return str(cursor.fetchone()[0])


def test_every_connection_has_a_time_after_which_its_locks_go():
    assert shown("idle_in_transaction_session_timeout") == "1min"


def test_the_server_frees_what_a_stopped_process_holds():
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SET idle_in_transaction_session_timeout = '200ms'")
            cursor.execute("BEGIN")
            cursor.execute("SELECT pg_advisory_xact_lock(42)")  # and it is heard of no more

        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '20s'")
            cursor.execute("SELECT pg_advisory_xact_lock(42)")

        with pytest.raises(AWAY), other.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        other.close()
