"""Downloads on trial: real children of a fork server fetch from a site of our own."""

import select
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings

from core import upgrades
from core.children import client
from core.children.client import ForkServer
from downloads.models import Download
from downloads.services.orders import order_of
from monitoring.services.studio import FILE, STREAM, NoMedia, Studio

_ENTRY = "downloads.engines.child:run"
_PRELOAD = ["downloads.engines.child"]
_CHILD_SECONDS = 60.0
_ASK = "import yt_dlp.version as v; print(v.__version__, v.__file__)"


@dataclass(frozen=True, slots=True)
class Trial:
    """One thing that was tried; `problem` is "" if it went well."""

    name: str
    problem: str = ""


def try_downloads(overlay: Path | None = None) -> list[Trial]:
    """A file, and a stream whose picture and sound ffmpeg has to join, each by a child.

    `overlay` holds the yt-dlp they are to use; None for the one of the environment.
    """
    trials = [Trial("yt-dlp is loaded", _loading(overlay))]
    if trials[0].problem:
        return trials
    try:
        with Studio() as studio, _fork_server(overlay) as (server, folder):
            trials.append(_try(server, folder, studio, FILE, "direct", "a file"))
            trials.append(_try(server, folder, studio, STREAM, "web", "a stream of two parts"))
    except NoMedia as problem:
        trials.append(Trial("ffmpeg makes a video", str(problem)))
    except OSError as problem:
        trials.append(Trial("the fork server starts", str(problem)))
    return trials


def _loading(overlay: Path | None) -> str:
    """Whether Python finds the yt-dlp that is meant."""
    with upgrades.in_front(overlay):
        said = subprocess.run(
            [sys.executable, "-c", _ASK],
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=False,
            timeout=_CHILD_SECONDS,
        )
    if said.returncode:
        return said.stderr.strip()[-300:] or "it cannot be loaded"
    _version, _space, path = said.stdout.strip().partition(" ")
    if overlay is not None and not Path(path).is_relative_to(overlay):
        return f"Python found {path} instead"
    return ""


@contextmanager
def _fork_server(overlay: Path | None) -> Iterator[tuple[Path, Path]]:
    """Its socket, and a folder to work in; short, because a socket's path has to be."""
    folder = Path(tempfile.mkdtemp(prefix="cd-trial-"))
    server = ForkServer(folder / "socket", _PRELOAD)
    try:
        with upgrades.in_front(overlay):
            server.start()
        yield folder / "socket", folder
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _try(server: Path, folder: Path, studio: Studio, name: str, source: str, what: str) -> Trial:
    job = _job(studio, folder, name, source)
    end = _end_of(client.launch(server, _ENTRY, job))
    if end.get("event") != "done":
        return Trial(f"{what} is fetched", f"{end.get('code')}: {end.get('detail')}")
    found = Path(end["folder"]) / end["file"]
    good = found.stat().st_size > 0 and end["video_codec"] and end["audio_codec"]
    return Trial(f"{what} is fetched", "" if good else "picture or sound is missing")


def _job(studio: Studio, folder: Path, name: str, source: str) -> dict[str, Any]:
    """An order like any other, but for what it may reach."""
    url = studio.url(name)
    download = Download(url=url, source=source, source_key=url, fingerprint=name, subtitles=False)
    workdir = folder / name.partition(".")[0]
    workdir.mkdir()
    return {
        **order_of(download, workdir),
        "tools_dir": str(folder / "tools"),
        "network": {"allowed": [studio.endpoint], "proxy": "", "ca_file": ""},
    }


def _end_of(child: client.Child) -> dict[str, Any]:
    """The last thing it says; a child that takes too long is ended."""
    deadline, heard = monotonic() + _CHILD_SECONDS, dict[str, Any]()
    try:
        while not child.ended and heard.get("event") not in {"done", "failed"}:
            if monotonic() > deadline:
                return {"code": "limit.time", "detail": f"longer than {_CHILD_SECONDS:.0f} s"}
            select.select([child], [], [], 1.0)
            for event in child.read():
                heard = event
    finally:
        child.kill()
    return heard or {"code": "job.crashed", "detail": "the child said nothing"}
