"""The HEALTHCHECK of the image: exit status 0 when the web server of this container answers.

With `worker`: when the node's supervisor has gone round within the last half minute.
"""  # noqa: INP001

import http.client
import os
import sys
import time
from pathlib import Path

SILENT_SECONDS = 30


def host() -> str:
    """A name the site answers to; the check itself comes from inside the container."""
    first = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".")
    return first if first not in {"", "*"} else "localhost"


def worker() -> int:
    sign = Path(os.environ.get("DATA_DIR", "var")) / "run" / "worker-alive"
    try:
        return 0 if time.time() - sign.stat().st_mtime < SILENT_SECONDS else 1
    except OSError:
        return 1


def web() -> int:
    port = int(os.environ.get("PORT", "8000"))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", "/health/live", headers={"Host": host()})
        return 0 if connection.getresponse().status == http.client.OK else 1
    except OSError:
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(worker() if sys.argv[1:] == ["worker"] else web())
