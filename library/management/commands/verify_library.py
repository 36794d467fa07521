"""Finds files that are missing, damaged or in no row; changes nothing."""

import hashlib
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import storage
from core.templatetags.format import filesize
from library import published, selectors
from library.models import StoredFile

_BLOCK = 1 << 20


class Command(BaseCommand):
    help = "Compare the library's rows with its files. Ends with 1 if a file is not what it was."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--quick", action="store_true", help="Compare sizes alone; read no file."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        lost = 0
        for problem in _problems(quick=options["quick"]):
            lost += 1
            self.stdout.write(problem)
        orphans = list(published.orphans(lambda: None))
        for orphan in orphans:
            self.stdout.write(f"orphaned  {orphan.key}")
        size = filesize(sum(orphan.size_bytes for orphan in orphans)).replace("\u00a0", " ")
        number = selectors.count_files()
        self.stdout.write(
            f"{number} files, {lost} missing or damaged, {len(orphans)} orphaned ({size})."
        )
        if lost:
            raise SystemExit(1)


def _problems(*, quick: bool) -> Iterator[str]:
    for file in selectors.all_files():
        size = published.size_on_disk(file)
        if size is None:
            yield f"missing   {file.key}"
        elif size != file.size_bytes:
            yield f"damaged   {file.key}: {size} bytes instead of {file.size_bytes}"
        elif not quick and _digest(file) != file.sha256:
            yield f"damaged   {file.key}: its content has changed"


def _digest(file: StoredFile) -> str:
    digest = hashlib.sha256()
    with storage.path_of(file.key).open("rb") as content:
        while block := content.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
