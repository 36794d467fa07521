"""The programs of this machine that downloads stand on, and how old they are."""

import shutil
import subprocess
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import imageio_ffmpeg
from django.conf import settings

from core import upgrades

OLD_DAYS = 60  # YouTube breaks what is older, sooner or later

_ANSWER_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Programs:
    """Versions; "" is a program that is not there or does not run."""

    ytdlp: str
    ffmpeg: str
    deno: str


def installed_ytdlp() -> str:
    """The version that came with the product."""
    return version("yt-dlp")


def active_ytdlp() -> str:
    """The version that children use."""
    path = upgrades.active(settings.YTDLP_DIR, installed=installed_ytdlp())
    return path.name if path else installed_ytdlp()


def age_days(ytdlp: str, *, today: date | None = None) -> int | None:
    """Of a version of yt-dlp, which is named after the day, somewhere, that it was made."""
    made = upgrades.date_of(ytdlp)
    return max(0, ((today or date.today()) - made).days) if made else None  # noqa: DTZ011


def here() -> Programs:
    return Programs(ytdlp=active_ytdlp(), ffmpeg=ffmpeg_version(), deno=deno_version())


def ffmpeg_path() -> str:
    """The system's, or that of the wheel; "" where there is neither."""
    try:
        return shutil.which("ffmpeg") or str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:
        return ""


def ffmpeg_version() -> str:
    path = ffmpeg_path()
    return _said_by(path, "-version", Path(path).stat().st_mtime) if path else ""


def deno_version() -> str:
    """That of the wheel; nothing is started for it."""
    try:
        return version("deno")
    except PackageNotFoundError:
        return ""


@lru_cache(maxsize=4)
def _said_by(program: str, option: str, _changed: float) -> str:
    """`ffmpeg version 7.1 Copyright …`: the third word; asked again once the file changes."""
    try:
        said = subprocess.run(
            [program, option], capture_output=True, timeout=_ANSWER_SECONDS, check=True, text=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
    return [*said.split(maxsplit=3), "", "", ""][2][:80]
