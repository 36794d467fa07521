"""Says what is wrong with this installation, and what to do about it."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from monitoring.services import checkup
from monitoring.services.checkup import Level


class Command(BaseCommand):
    help = (
        "Check configuration, database, queue, storage, programs and Google client, and download "
        "a video of our own through a running worker."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-downloads", action="store_true", help="Only look, try nothing.")

    def handle(self, *, no_downloads: bool, **options: Any) -> None:
        counted: Counter[Level] = Counter()
        with override("en"):
            for finding in checkup.examine(downloads=not no_downloads):
                counted[finding.level] += 1
                self.stdout.write(f"{finding.level:8} {finding.name}: {finding.text or 'fine'}")
                self.stdout.flush()
        if problems := counted[Level.PROBLEM]:
            raise CommandError(f"{problems} of {counted.total()} need care.", returncode=1)
        self.stdout.write("All is well." if not counted[Level.WARNING] else "It works.")
