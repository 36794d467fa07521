"""Whether this process can serve: the database answers, and has the tables this code wants."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from core.database import AWAY
from monitoring.selectors import health

_migrated = False


def problem() -> str:
    """What is missing, "" for nothing. Once the tables were right they stay so."""
    if not health.database_answers():
        return "database"
    return "" if _is_migrated() else "migrations"


def _is_migrated() -> bool:
    global _migrated  # asked every few seconds, and costs a hundred files
    if not _migrated:
        try:
            executor = MigrationExecutor(connection)
            _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        except AWAY:
            return False
    return _migrated
