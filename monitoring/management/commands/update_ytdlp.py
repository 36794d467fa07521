"""Brings yt-dlp up to date without touching the rest, and back again."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import upgrades
from monitoring import programs
from monitoring.services import ytdlp
from monitoring.services.selftest import Trial


class Command(BaseCommand):
    help = (
        "Fetch the newest yt-dlp, try downloads with it, and let the workers use it from then on. "
        "Running downloads go on with theirs."
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Django's own --version gives way to ours."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--version", dest="wanted", default="", help="This one, also an older.")
        which.add_argument("--wheel", type=Path, help="A file fetched elsewhere; no network.")
        which.add_argument("--rollback", action="store_true", help="Back to the one before.")

    def handle(self, *, wanted: str, wheel: Path | None, rollback: bool, **options: Any) -> None:
        before = programs.active_ytdlp()
        if wanted and not upgrades.is_version(wanted):
            raise CommandError(f"{wanted!r} is no version; they look like 2026.10.26.")
        try:
            if rollback:
                now = ytdlp.roll_back()
            else:
                done = ytdlp.update(wanted=wanted, wheel=wheel.resolve() if wheel else None)
                now = done.version
                self._tell(done.trials)
        except ytdlp.NotUpdated as problem:
            self._tell(problem.trials)
            raise CommandError(f"{problem}\nyt-dlp stays at {before}.") from None
        self.stdout.write(f"yt-dlp {before} -> {programs.active_ytdlp()}")
        if now != programs.active_ytdlp():
            self.stdout.write(f"The product brings a newer one than {now}, which is used.")

    def _tell(self, trials: list[Trial]) -> None:
        for trial in trials:
            mark = "failed" if trial.problem else "ok"
            self.stdout.write(f"  {mark:6} {trial.name}")
