"""django-q2 wakes workers; the rows say what there is to do (docs/adr/0001)."""

import math

from classroom_site.settings import env
from classroom_site.settings.media import DOWNLOAD_TIMEOUT_SECONDS

WORKERS = env.number("WORKERS")
MAX_CONCURRENT_DOWNLOADS = env.number("MAX_CONCURRENT_DOWNLOADS")
SLOTS_PER_WORKER = math.ceil(MAX_CONCURRENT_DOWNLOADS / WORKERS)
LEASE_SECONDS = env.number("LEASE_SECONDS")
WORKER_MAX_RETRIES = env.number("WORKER_MAX_RETRIES")
RETRY_BASE_SECONDS = env.decimal("RETRY_BASE_SECONDS")

# A wake-up makes a worker drain the table; it stops claiming after half an hour, so that
# django-q2's own clock (timeout) only ends a worker that hangs.
DRAIN_SECONDS = 1800
_TIMEOUT = DRAIN_SECONDS + 2 * DOWNLOAD_TIMEOUT_SECONDS

Q_CLUSTER = {
    "name": "classroom",
    "broker_class": "core.broker.WakingBroker",
    "orm": "default",
    "workers": WORKERS,
    "timeout": _TIMEOUT,
    "retry": _TIMEOUT + 600,
    "queue_limit": 1,
    "max_attempts": 1,
    "ack_failures": True,
    "save_limit": -1,
    "catch_up": False,
}

# What core.jobs looks after, and what the fork server of a node has ready for its children.
JOB_KINDS = ["downloads.services.running.DOWNLOADS"]
JOB_PRELOAD = ["downloads.engines.child"]
