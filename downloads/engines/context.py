"""What every step of a run needs."""

import logging
import time
from dataclasses import dataclass, field
from pathlib import Path

from yt_dlp.utils import UnsupportedError
from yt_dlp.version import __version__

from downloads.engines import failures, options, tools
from downloads.engines.base import Emit, EngineError, Job
from downloads.engines.codes import Code
from downloads.engines.folder import WorkFolder
from downloads.engines.freshness import Freshness
from downloads.engines.session import Session
from downloads.engines.tools import Tools

logger = logging.getLogger(__name__)

_TICK_SECONDS = 1.0


@dataclass
class Context:
    job: Job
    emit: Emit
    folder: WorkFolder
    tools: Tools
    session: Session
    _ticked: float = field(default_factory=time.monotonic)

    def stage(self, name: str) -> None:
        self.emit({"event": "stage", "stage": name})

    def tick(self) -> None:
        """Silent work goes on. May be called as often as one likes."""
        if time.monotonic() - self._ticked > _TICK_SECONDS:
            self._ticked = time.monotonic()
            self.emit({"event": "alive"})

    def is_spare(self, error: Exception) -> bool:
        """A picture or a subtitle may fail in any way that does not concern the video too."""
        try:
            code = self.explain(error).code
        except Exception:
            logger.exception("a picture or subtitle failed")
            return True
        return code not in (Code.NETWORK_BLOCKED_ADDRESS, Code.DISK_FULL)

    def explain(self, error: Exception) -> EngineError:
        """
        :raises Exception: the error itself, if it tells of a mistake of ours
        """
        explained = self.session.explain(error)
        if self.job["source"] == "direct" and _holds(error, UnsupportedError):
            return EngineError(Code.SOURCE_NOT_A_VIDEO, "the address gave a page, not a video")
        return explained


def open_context(job: Job, emit: Emit) -> Context:
    folder = WorkFolder(Path(job["workdir"]))
    folder.open(f"{job['fingerprint']} {__version__}")
    found = tools.find(Path(job["tools_dir"]))
    session = Session(
        options.build(job, deno=found.deno),
        source=job["source"],
        max_bytes=job["max_bytes"],
        freshness=Freshness(folder.temp / "versions.json"),
    )
    return Context(job, emit, folder, found, session)


def _holds(error: Exception, kind: type[Exception]) -> bool:
    return any(isinstance(one, kind) for one in failures.chain(error))
