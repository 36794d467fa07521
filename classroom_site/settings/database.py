"""SQLite for the embedded profile, PostgreSQL wherever DATABASE_URL says so."""

from typing import Any

import environ

from classroom_site.settings import env
from classroom_site.settings.base import DATA_DIR

DATABASES: dict[str, Any] = {
    "default": environ.Env.db_url_config(
        env.text("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'classroom.sqlite3'}"
    )
}
SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if SQLITE:
    # Write transactions take the lock up front, so that two workers wait instead of failing;
    # a wait of 30 s is never reached, because no transaction here waits for the network.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 30,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    DATABASES["default"]["TEST"] = {"NAME": None}
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = {"connect_timeout": 5}
# The web server runs Django on a fixed set of threads, so connections can be kept.
DATABASES["default"]["CONN_MAX_AGE"] = 60
