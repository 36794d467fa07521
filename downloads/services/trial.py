"""The one download that may reach an address of this installation's own: that of `doctor`.

The permit is a file in the media folder, which every worker sees and nobody else can write. It
names one download and one endpoint, and lapses by itself.
"""

import json
import os
import time
from pathlib import Path
from typing import Any

from django.conf import settings

from downloads.models import Download

KEY = "trial:"  # no source has keys like this, so no request of a user's makes one


def permit(source_key: str, *, endpoint: str, seconds: float) -> None:
    """Let the download with this key connect to `endpoint` (host:port) for so long."""
    told = {"download": source_key, "endpoint": endpoint, "until": time.time() + seconds}
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(told), encoding="utf-8")
    draft.replace(path)


def withdraw() -> None:
    _path().unlink(missing_ok=True)


def network_of(download: Download) -> dict[str, Any] | None:
    """What the child of a permitted download may reach; None for every other one."""
    if not download.source_key.startswith(KEY):
        return None
    try:
        told = json.loads(_path().read_text(encoding="utf-8"))
        good = told["download"] == download.source_key and time.time() < told["until"]
        endpoint = str(told["endpoint"])
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return {"allowed": [endpoint], "proxy": "", "ca_file": ""} if good else None


def _path() -> Path:
    return Path(settings.MEDIA_ROOT) / ".trial.json"
