"""This worker node: the processes that one `manage.py worker` started."""

import mmap
import os
import uuid
from pathlib import Path

from django.conf import settings

_VARIABLE = "CLASSROOM_NODE"

# One shared byte, mapped before the workers are forked. A multiprocessing.Event would do, but its
# lock stays locked for ever when a process is killed while it looks.
_stop = mmap.mmap(-1, 1)


def start() -> str:
    """Name this node; the workers forked from here inherit the name."""
    os.environ[_VARIABLE] = uuid.uuid4().hex[:12]
    return name()


def name() -> str:
    return os.environ.get(_VARIABLE, "")


def children_socket() -> Path:
    """Where the node's fork server listens."""
    return Path(settings.RUN_DIR) / f"children-{name()}"


def ask_to_stop() -> None:
    _stop[0] = 1


def is_stopping() -> bool:
    return _stop[0] == 1
