"""Everything that has to be right for downloads to work, looked at one after the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.core import checks

from core import upgrades
from monitoring import programs
from monitoring.selectors import health, readiness
from monitoring.selectors.parts import Part, State
from monitoring.services import selftest, whole_way
from monitoring.services.selftest import Trial


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    level: Level
    name: str
    text: str = ""


_LEVELS = {State.OK: Level.OK, State.DEGRADED: Level.WARNING, State.DOWN: Level.PROBLEM}


def examine(*, downloads: bool = True) -> Iterator[Finding]:
    """As they are found; the last ones take a while. `downloads` False leaves these out."""
    yield from _configuration()
    report = health.examine()
    for part in report.parts:
        yield Finding(_LEVELS[part.status], part.name, _text_of(part))
    if report.database_answers:
        yield _tables()
    yield from _programs_here()
    yield _google_client()
    if downloads and report.database_answers:
        yield from _downloads(report)


def _configuration() -> Iterator[Finding]:
    said = checks.run_checks(include_deployment_checks=settings.PRODUCTION)
    for message in said:
        level = Level.PROBLEM if message.level >= checks.ERROR else Level.WARNING
        yield Finding(level, "configuration", f"{message.id}: {message.msg}")
    if not said:
        yield Finding(Level.OK, "configuration", f"profile {settings.PROFILE}")


def _tables() -> Finding:
    if readiness.problem():
        text = "migrations are missing; run manage.py migrate"
        return Finding(Level.PROBLEM, "tables", text)
    return Finding(Level.OK, "tables", "as this version wants them")


def _programs_here() -> Iterator[Finding]:
    found = programs.here()
    for name, version, want in (
        ("ffmpeg", found.ffmpeg, "install ffmpeg"),
        ("deno", found.deno, "install the package deno: YouTube needs it"),
    ):
        yield Finding(Level.OK if version else Level.PROBLEM, name, version or want)
    age = programs.age_days(found.ytdlp)
    old = age is not None and age > programs.OLD_DAYS
    advice = "; run manage.py update_ytdlp" if old else ""
    text = f"{found.ytdlp}, {age} days old{advice}"
    yield Finding(Level.WARNING if old else Level.OK, "yt-dlp", text)


def _google_client() -> Finding:
    if settings.GOOGLE_CLIENT_ID and settings.GOOGLE_CLIENT_SECRET:
        return Finding(Level.OK, "google client", settings.GOOGLE_ROOT_URL or "Google's own")
    text = "no GOOGLE_CLIENT_ID and _SECRET: nobody can connect Google Classroom"
    return Finding(Level.WARNING, "google client", text)


def _downloads(report: health.Report) -> Iterator[Finding]:
    folder = Path(settings.YTDLP_DIR)
    overlay = upgrades.active(folder, installed=programs.installed_ytdlp())
    yield from map(_of_trial, selftest.try_downloads(overlay))
    if any(part.name == "workers" and part.status is State.DOWN for part in report.parts):
        yield Finding(Level.PROBLEM, whole_way.NAME, "no worker runs")
    else:
        yield _of_trial(whole_way.try_whole_way())


def _of_trial(trial: Trial) -> Finding:
    return Finding(Level.PROBLEM if trial.problem else Level.OK, trial.name, trial.problem)


def _text_of(part: Part) -> str:
    known = ", ".join(f"{name} {value}" for name, value in part.facts.items() if value != {})
    return " ".join(filter(None, [str(part.message), f"({known})" if known else ""]))
