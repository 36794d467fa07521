"""Where run-time sockets and locks lie."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_LONGEST = 55  # a unix socket's whole path has 108 bytes, its name in the folder up to 50


def run_dir(data_dir: Path) -> Path:
    """DATA_DIR/run, or one like it below the temporary folder if that is too long.

    :raises ImproperlyConfigured: somebody else made the folder there first
    """
    folder = data_dir / "run"
    if len(str(folder).encode()) > _LONGEST:
        digest = hashlib.sha256(str(data_dir).encode()).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"classroom-{digest}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise ImproperlyConfigured(f"{folder} is not ours; set DATA_DIR to a shorter path")
    return folder
