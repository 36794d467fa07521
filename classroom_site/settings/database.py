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
# The same engines, with counted and timed queries.
DATABASES["default"]["ENGINE"] = DATABASES["default"]["ENGINE"].replace(
    "django.db.backends", "django_prometheus.db.backends"
)
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
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        # A machine that vanishes says no goodbye. Neither does anybody wait a quarter of an hour
        # for a server that has, nor does the server keep the locks of a process that has, or that
        # is stopped: all claims and all events stand behind one lock each.
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,
        "options": "-c idle_in_transaction_session_timeout=60s",
    }
# The web server runs Django on a fixed set of threads, so connections can be kept.
DATABASES["default"]["CONN_MAX_AGE"] = 60
