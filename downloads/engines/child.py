"""What a child of the fork server runs to fetch one video or one material."""

from pathlib import Path
from typing import Any

from downloads.engines import bandwidth, choose, drive, tools, ytdlp
from downloads.engines.base import EngineError, Job, Parent


def warm() -> None:
    """Once, in the fork server."""
    ytdlp.warm()
    drive.warm()


def prepare(job: Job) -> None:
    """In the child, before it may only write into its own folder."""
    folder = Path(job["tools_dir"])
    tools.prepare(folder, job.get("extractions_at_once"))
    bandwidth.open_shared(folder)
    tools.set_environment(folder, Path(job["workdir"]), job["network"]["ca_file"])


def run(job: Job, emit: Parent) -> None:
    try:
        published: dict[str, Any] = {"event": "done", **choose.run(job, emit)}
    except EngineError as error:
        emit(error.as_event())
    else:
        emit(published)
