"""What a child of the fork server runs to fetch one video."""

from pathlib import Path
from typing import Any

from downloads.engines import tools, ytdlp
from downloads.engines.base import Emit, EngineError, Job


def warm() -> None:
    """Once, in the fork server."""
    ytdlp.warm()


def prepare(job: Job) -> None:
    """In the child, before it may only write into its own folder."""
    folder = Path(job["tools_dir"])
    tools.prepare(folder)
    tools.set_environment(folder, Path(job["workdir"]), job["network"]["ca_file"])


def run(job: Job, emit: Emit) -> None:
    try:
        published: dict[str, Any] = {"event": "done", **ytdlp.run(job, emit)}
    except EngineError as error:
        emit(error.as_event())
    else:
        emit(published)
