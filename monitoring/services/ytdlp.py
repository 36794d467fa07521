"""Another yt-dlp beside the installed one: fetched, tried, and only then used by the workers."""

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.parser import Parser
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from django.conf import settings

from core import upgrades
from monitoring.programs import installed_ytdlp
from monitoring.services import selftest
from monitoring.services.selftest import Trial

_INSTALL_SECONDS = 300.0
# It belongs to one version of yt-dlp each; everything else of yt-dlp's wishes is ours already.
_COMPANION = "yt-dlp-ejs"


class NotUpdated(Exception):
    """Why nothing was changed. `trials` tells what was tried, if it came to that."""

    def __init__(self, reason: str, trials: list[Trial] | None = None) -> None:
        super().__init__(reason)
        self.trials = trials or []


@dataclass(frozen=True, slots=True)
class Updated:
    version: str
    trials: list[Trial]
    forgotten: list[str]


def update(*, wanted: str = "", wheel: Path | None = None) -> Updated:
    """Use the newest yt-dlp, the one `wanted`, or that of a `wheel`, if downloads work with it.

    :raises NotUpdated: it could not be fetched, or does not work
    """
    folder = Path(settings.YTDLP_DIR)
    with _alone(folder):
        found = _installed_version(wanted, wheel, folder)
        overlay = None if found == installed_ytdlp() else folder / found
        trials = selftest.try_downloads(overlay)
        if problem := next((trial for trial in trials if trial.problem), None):
            _discard(folder, found)
            raise NotUpdated(f"{found} does not work: {problem.name}: {problem.problem}", trials)
        chosen = found if overlay else upgrades.INSTALLED
        upgrades.switch(folder, chosen, installed=installed_ytdlp())
        return Updated(found, trials, upgrades.forget_old(folder))


def roll_back() -> str:
    """Use what was used before; return its version.

    :raises NotUpdated: there is nothing to go back to
    """
    folder = Path(settings.YTDLP_DIR)
    with _alone(folder):
        try:
            before = upgrades.roll_back(folder)
        except upgrades.NothingBefore:
            raise NotUpdated("yt-dlp was never updated here.") from None
    return installed_ytdlp() if before == upgrades.INSTALLED else before


def _installed_version(wanted: str, wheel: Path | None, folder: Path) -> str:
    draft = folder / f".draft-{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    try:
        _install(str(wheel) if wheel else f"yt-dlp{'==' if wanted else ''}{wanted}", draft, wheel)
        about = _about(draft)
        _install_companion(about[1], draft, wheel)
        target = folder / about[0]
        if not target.exists():
            draft.rename(target)
        return about[0]
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _install(what: str, draft: Path, wheel: Path | None) -> None:
    """Wheels alone: nothing of theirs runs while they are installed."""
    command = [sys.executable, "-m", "uv", "pip", "install", "--python", sys.executable]
    command += ["--target", str(draft), "--no-deps", "--only-binary", ":all:", "--no-cache"]
    command += ["--no-config", "--quiet", "--compile-bytecode"]
    if wheel:
        command += ["--find-links", str(wheel.parent), "--offline"]
    try:
        subprocess.run(
            [*command, what],
            env=_environment(),
            check=True,
            capture_output=True,
            text=True,
            timeout=_INSTALL_SECONDS,
        )
    except subprocess.CalledProcessError as error:
        raise NotUpdated(f"{what} could not be fetched: {error.stderr.strip()[-500:]}") from None
    except subprocess.TimeoutExpired:
        raise NotUpdated(f"{what} could not be fetched in time") from None


def _environment() -> dict[str, str]:
    """The way out that the operator has set."""
    environment = dict(os.environ)
    if settings.OUTBOUND_PROXY:
        environment |= {"ALL_PROXY": settings.OUTBOUND_PROXY}
    if settings.OUTBOUND_CA_FILE:
        environment |= {"SSL_CERT_FILE": settings.OUTBOUND_CA_FILE}
    return environment


def _about(draft: Path) -> tuple[str, str]:
    """Version, and the version of the companion it wants, of what was installed.

    :raises NotUpdated: it is not yt-dlp
    """
    found = next(draft.glob("yt_dlp-*.dist-info/METADATA"), None)
    if found is None or not (draft / "yt_dlp").is_dir():
        raise NotUpdated("this is not yt-dlp")
    told = Parser().parsestr(found.read_text(encoding="utf-8"), headersonly=True)
    name = str(told["Version"])
    if not upgrades.is_version(name):
        raise NotUpdated(f"{name!r} is no version of yt-dlp")
    wishes = told.get_all("Requires-Dist", [])
    return name, next(filter(None, map(_pinned_companion, wishes)), "")


def _pinned_companion(wish: str) -> str:
    """`yt-dlp-ejs==0.8.0; extra == "default"`: 0.8.0."""
    pin = re.match(rf"{_COMPANION}\s*==\s*([\w.]+)", wish)
    return pin[1] if pin else ""


def _install_companion(wanted: str, draft: Path, wheel: Path | None) -> None:
    try:
        have = version(_COMPANION)
    except PackageNotFoundError:
        have = ""
    if wanted and wanted != have:
        _install(f"{_COMPANION}=={wanted}", draft, wheel)


def _discard(folder: Path, name: str) -> None:
    """Unless it is the one in use, or the one before."""
    state = upgrades.read(folder)
    if name not in {choice.version for choice in (state.current, state.before) if choice}:
        shutil.rmtree(folder / name, ignore_errors=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotUpdated("Another update is under way.") from None
        yield
