"""The files in which a machine's processes keep their metrics (settings.METRICS_DIR)."""

from pathlib import Path

import psutil
from django.conf import settings


def forget_dead() -> None:
    """Remove the files of processes that are gone; what they counted goes with them.

    When a web server starts: up to then they count, so that no figure falls without a restart.
    """
    for path in Path(settings.METRICS_DIR).glob("*.db"):
        pid = path.stem.rpartition("_")[2]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            path.unlink(missing_ok=True)
