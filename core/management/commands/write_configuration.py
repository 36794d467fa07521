"""Writes `.env.example` and `docs/configuration.md` from the table of variables."""

import textwrap
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

# By name, because core lies under the settings' package and may not import from it.
_table = import_module(f"{settings.SETTINGS_MODULE}.variables")

_MADE = "Made by `manage.py write_configuration` from classroom_site/settings/variables.py."

# Read by docker-compose.yml alone, therefore unknown to the settings.
COMPOSE = _table.Section(
    "Docker Compose only",
    (
        _table.Variable(
            "POSTGRES_PASSWORD",
            "secret",
            "",
            "Password of the database container: letters and digits, it becomes part of an "
            "address. Required.",
        ),
        _table.Variable(
            "NGINX_SITE",
            "text",
            "https",
            "`https` (certificate in deploy/certs) or `http` (a trial, or behind another proxy "
            "that ends TLS).",
        ),
        _table.Variable(
            "HTTP_PORT", "number", "80", "Port of this machine that nginx answers on."
        ),
        _table.Variable("HTTPS_PORT", "number", "443", "The same for HTTPS."),
    ),
)


class Command(BaseCommand):
    help = "Write .env.example and docs/configuration.md; with --check only say if they are stale."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Change nothing; fail if a file is stale."
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        files = _files(Path(settings.BASE_DIR))
        stale = [path for path, text in files.items() if _read(path) != text]
        if check and stale:
            names = ", ".join(path.name for path in stale)
            raise CommandError(f"Out of date: {names}. Run manage.py write_configuration.")
        for path in stale:
            path.write_text(files[path], encoding="utf-8")
            self.stdout.write(f"Wrote {path.name}")


def _files(root: Path) -> dict[Path, str]:
    return {
        root / ".env.example": example(),
        root / "docs" / "configuration.md": reference(),
    }


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def example() -> str:
    """An .env file in which every line is a comment that shows the default."""
    parts = [f"# {_MADE}", "# Copy to .env and uncomment what you change."]
    for section in (*_table.SECTIONS, COMPOSE):
        parts += ["", f"# ---- {section.title}"]
        for variable in section.variables:
            parts += [
                "",
                *textwrap.wrap(variable.help, 96, initial_indent="# ", subsequent_indent="# "),
            ]
            parts.append(f"#{variable.name}={variable.default}")
    return "\n".join(parts) + "\n"


def reference() -> str:
    """The same as a page for readers."""
    parts = [f"<!-- {_MADE} -->", "# Configuration", "", _INTRODUCTION]
    for section in (*_table.SECTIONS, COMPOSE):
        parts += ["", f"## {section.title}", "", "| Variable | Kind | Default | Meaning |"]
        parts.append("| --- | --- | --- | --- |")
        parts += [_row(variable) for variable in section.variables]
    parts += [
        "",
        "## Not read",
        "",
        "Names of other systems that mean nothing here.",
    ]
    parts += ["", "| Variable | Instead |", "| --- | --- |"]
    parts += [f"| `{name}` | {instead} |" for name, instead in _table.NOT_READ.items()]
    return "\n".join(parts) + "\n"


def _row(variable: Any) -> str:
    default = f"`{variable.default}`" if variable.default else "empty"
    return f"| `{variable.name}` | {variable.kind} | {default} | {variable.help} |"


_INTRODUCTION = """\
Everything is set by environment variables or, where the environment is silent, by a `.env` file
beside `manage.py`. A wrong value stops the start with one line that names the variable. For any
variable, `NAME_FILE` may name a file that holds the value, as Docker secrets do."""
