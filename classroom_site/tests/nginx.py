"""The nginx of this machine with the files of deploy/nginx, moved below a folder of a test."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from django.conf import settings

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def installed(folder: Path, replacements: dict[str, str]) -> Path:
    """A copy of deploy/nginx that lives below `folder` instead of in the image."""
    shutil.copytree(settings.BASE_DIR / "deploy/nginx", folder / "nginx")
    for file in (folder / "nginx").iterdir():
        text = file.read_text()
        for old, new in replacements.items():
            text = text.replace(old, new)
        file.write_text(text)
    return folder / "nginx"


def arguments(configuration: Path) -> list[str]:
    root = "user root;" if os.geteuid() == 0 else ""  # else nobody could not read tmp_path
    return [str(NGINX), "-c", str(configuration), "-g", f"daemon off; {root}"]


def started(configuration: Path, port: int) -> subprocess.Popen[bytes]:
    """nginx, once it answers on `port`."""
    process = subprocess.Popen(arguments(configuration))
    deadline = time.monotonic() + 10
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            time.sleep(0.02)
    assert process.poll() is None, "nginx ended; see what it said above"
    return process
