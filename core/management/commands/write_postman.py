# mypy: disallow-untyped-calls=false
"""Writes the Postman collection from the OpenAPI document."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator

from core import postman

_PATH = "postman/classroom_downloader.postman_collection.json"


class Command(BaseCommand):
    help = "Write the Postman collection; with --check only say if it is stale."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Change nothing; fail if it is stale."
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / _PATH
        text = _collection()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            return
        if check:
            raise CommandError(f"Out of date: {_PATH}. Run manage.py write_postman.")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.stdout.write(f"Wrote {_PATH}")


def _collection() -> str:
    with translation.override("en"):
        document = SchemaGenerator().get_schema(request=None, public=True)
    return json.dumps(postman.collection(document), indent=1, ensure_ascii=False) + "\n"
