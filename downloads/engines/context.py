"""What every step of a run needs."""

import logging
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yt_dlp.utils import UnsupportedError
from yt_dlp.version import __version__

from downloads.engines import bandwidth, failures, options, tools
from downloads.engines.bandwidth import Allowance
from downloads.engines.base import EngineError, Job, Parent
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
    emit: Parent
    folder: WorkFolder
    tools: Tools
    _session: Session | None = None
    _ticked: float = field(default_factory=time.monotonic)

    @property
    def session(self) -> Session:
        """yt-dlp, made when it is first needed."""
        if self._session is None:
            return self.open_session(options.build(self.job, deno=self.tools.deno))
        return self._session

    def open_session(self, told: dict[str, Any]) -> Session:
        """With options other than those of a download."""
        self._session = Session(
            told,
            source=self.job["source"],
            max_bytes=self.job["max_bytes"],
            freshness=Freshness(self.folder.temp / "versions.json"),
            allowance=self.allowance,
        )
        if self.job.get("cookies"):
            self._session.carry(self.emit.ask({"event": "ask", "what": "cookies"})["cookies"])
        return self._session

    @property
    def allowance(self) -> Allowance:
        """What this run may take of the node's bandwidth."""
        return bandwidth.allowance(self.tick)

    def stage(self, name: str) -> None:
        self.emit({"event": "stage", "stage": name})

    def tick(self) -> None:
        """Silent work goes on. May be called as often as one likes."""
        if time.monotonic() - self._ticked > _TICK_SECONDS:
            self._ticked = time.monotonic()
            self.emit({"event": "alive"})

    def pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _TICK_SECONDS))
            self.tick()

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
        explain = self._session.explain if self._session else failures.classify
        explained = explain(error)
        if self.job["source"] == "direct" and _holds(error, UnsupportedError):
            return EngineError(Code.SOURCE_NOT_A_VIDEO, "the address gave a page, not a video")
        return explained


def open_context(job: Job, emit: Parent) -> Context:
    folder = WorkFolder(Path(job["workdir"]))
    folder.open(f"{job['fingerprint']} {__version__}")
    return Context(job, emit, folder, tools.find(Path(job["tools_dir"])))


def _holds(error: Exception, kind: type[Exception]) -> bool:
    return any(isinstance(one, kind) for one in failures.chain(error))
