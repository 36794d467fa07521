"""Health and metrics, and the upgrades of yt-dlp beside the installed one."""

import os
import sys
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from classroom_site.settings import env
from classroom_site.settings.base import DATA_DIR, RUN_DIR

METRICS_TOKEN = env.text("METRICS_TOKEN")
YTDLP_DIR = Path(env.text("YTDLP_DIR") or DATA_DIR / "ytdlp").resolve()

# Called by every worker node every few seconds.
NODE_CHORES = [
    "core.ratelimit.sweep",
    "monitoring.services.folding.fold_events",
    "monitoring.services.reporting.report_node",
    "accounts.services.audit.forget_old",
]

# Figures of a machine's long-running processes lie in files that all of them share. It has to be
# known before prometheus_client is loaded; other commands keep theirs to themselves.
METRICS_DIR = RUN_DIR / "metrics"
if sys.argv[1:2] in (["serve"], ["web"], ["worker"]):
    METRICS_DIR.mkdir(mode=0o700, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS_DIR)


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError:
        raise ImproperlyConfigured(
            f"METRICS_ALLOWED_ADDRESSES must hold addresses or networks, not {text!r}"
        ) from None


METRICS_ALLOWED_ADDRESSES = [_network(text) for text in env.words("METRICS_ALLOWED_ADDRESSES")]
