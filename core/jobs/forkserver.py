"""The fork server of a node, with the yt-dlp that is in use (see core.upgrades)."""

import logging
from functools import cache
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

from core import upgrades
from core.children.client import ForkServer
from core.jobs import node

logger = logging.getLogger(__name__)

_QUICK_SECONDS = 30.0


class NodeForkServer:
    """Starts anew when it has died, or another yt-dlp is to be used. Running children go on."""

    def __init__(self) -> None:
        self._server = ForkServer(node.children_socket(), settings.JOB_PRELOAD)
        self._path: Path | None = None

    @property
    def pid(self) -> int | None:
        return self._server.pid

    def start(self) -> None:
        """:raises OSError: it does not start, not even with the yt-dlp of the environment"""
        wanted = _wanted()
        try:
            self._start_with(wanted)
        except OSError:
            if wanted is None:
                raise
            logger.exception("The fork server does not start with %s; going on without", wanted)
            upgrades.refuse(wanted)
            self._start_with(None)

    def look_after(self) -> None:
        """:raises OSError: as `start`"""
        if not self._server.alive():
            logger.warning("The fork server died; starting it anew")
            self.start()
        elif _wanted() != self._path:
            logger.info("Another yt-dlp is in use from now on")
            self._server.stop()
            self.start()

    def stop(self) -> None:
        self._server.stop()

    def _start_with(self, path: Path | None) -> None:
        with upgrades.in_front(path):
            self._server.start(_QUICK_SECONDS if path else 60.0)
        self._path = path


def _wanted() -> Path | None:
    return upgrades.active(settings.YTDLP_DIR, installed=_installed())


@cache
def _installed() -> str:
    return version("yt-dlp")
