"""django-q2 wakes workers; the rows say what there is to do (docs/adr/0001)."""

from django.core.exceptions import ImproperlyConfigured

from classroom_site.settings import env

MAX_CONCURRENT_DOWNLOADS = env.number("MAX_CONCURRENT_DOWNLOADS")
WORKERS = min(env.number("WORKERS"), MAX_CONCURRENT_DOWNLOADS)
if WORKERS < 1:
    raise ImproperlyConfigured("WORKERS and MAX_CONCURRENT_DOWNLOADS must be at least 1")
SLOTS_PER_WORKER = MAX_CONCURRENT_DOWNLOADS // WORKERS
LEASE_SECONDS = env.number("LEASE_SECONDS")
WORKER_MAX_RETRIES = env.number("WORKER_MAX_RETRIES")
RETRY_BASE_SECONDS = env.decimal("RETRY_BASE_SECONDS")

# A wake-up makes a worker drain the table, which may go on for days; that it does not hang is
# watched by the leases and the node's watchdog, not by django-q2's clock.
_TIMEOUT = 30 * 24 * 3600

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
JOB_KINDS = [
    "downloads.services.running.DOWNLOADS",
    "courses.services.syncing.SYNCS",
    "downloads.services.listing.LISTINGS",
    "downloads.services.cleanings.CLEANINGS",
    "accounts.services.erasures.ERASURES",
]
JOB_PRELOAD = ["downloads.engines.child", "downloads.engines.listing", "courses.linkcheck"]
