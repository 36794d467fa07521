"""One table of variables feeds settings, example file and documentation."""

import ast
import base64
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.management import CommandError, call_command

from classroom_site.settings.variables import NOT_READ, VARIABLES  # noqa: TID251
from core.management.commands import write_configuration

ROOT = Path(settings.BASE_DIR)
SETTINGS = ROOT / "classroom_site/settings"
READERS = {"text", "number", "decimal", "flag", "words"}
PRODUCTION = {
    "PROFILE": "production",
    "SECRET_KEY": "a-key-of-at-least-fifty-characters-0123456789-abcdefghij",
    "ENCRYPTION_KEY": Fernet.generate_key().decode(),
    "ALLOWED_HOSTS": "school.example",
}


def names_read() -> set[str]:
    """Every variable some settings file asks the environment for."""
    calls = (
        node
        for file in SETTINGS.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)
    )
    return {
        str(call.args[0].value)  # type: ignore[attr-defined]
        for call in calls
        if getattr(call.func, "attr", getattr(call.func, "id", "")) in {*READERS, "_key"}
    }


def start(tmp_path, *command, **environment):
    """manage.py in a process of its own that sees this environment alone."""
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", *command],
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_declared_variable_is_read_and_every_read_one_declared():
    assert names_read() == set(VARIABLES)


def test_no_variable_is_both_read_and_said_to_be_unread():
    assert not set(NOT_READ) & set(VARIABLES)


def test_example_and_documentation_are_up_to_date():
    call_command("write_configuration", "--check")


@pytest.fixture
def elsewhere(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    return tmp_path


def test_a_missing_or_edited_file_is_reported_and_not_touched(elsewhere):
    (elsewhere / ".env.example").write_text("edited by hand\n")

    with pytest.raises(CommandError, match=r"\.env\.example, configuration\.md"):
        call_command("write_configuration", "--check")

    assert (elsewhere / ".env.example").read_text() == "edited by hand\n"
    assert not (elsewhere / "docs/configuration.md").exists()


def test_writing_makes_both_files_and_a_second_time_nothing(elsewhere, capsys):
    call_command("write_configuration")
    first = capsys.readouterr().out
    call_command("write_configuration")

    assert first == "Wrote .env.example\nWrote configuration.md\n"
    assert capsys.readouterr().out == ""
    call_command("write_configuration", "--check")


def test_the_example_shows_every_variable_once_and_sets_none():
    lines = write_configuration.example().splitlines()
    shown = [match[1] for line in lines if (match := re.match(r"#([A-Z_]+)=", line))]

    assert sorted(shown) == sorted(
        {*VARIABLES, *(v.name for v in write_configuration.COMPOSE.variables)}
    )
    assert [line for line in lines if line and not line.startswith("#")] == []


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ENCRYPTION_KEY", "ALLOWED_HOSTS"])
def test_production_refuses_to_start_without_what_only_the_operator_can_know(tmp_path, missing):
    said = start(tmp_path, "check", **{k: v for k, v in PRODUCTION.items() if k != missing})

    assert said.returncode != 0
    assert said.stderr.splitlines()[-1].endswith(
        f"{missing} must be set in the production profile"
    )
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize(
    ("wrong", "said_about_it"),
    [
        ({"PORT": "http"}, "PORT must be a whole number, not 'http'"),
        ({"PROFILE": "prod"}, "PROFILE must be embedded or production, not 'prod'"),
        ({"SECURE_REDIRECT": "maybe"}, "SECURE_REDIRECT must be true or false, not 'maybe'"),
        ({"ENCRYPTION_KEY": "abc"}, "ENCRYPTION_KEY holds no valid Fernet key"),
        (
            {"ENCRYPTION_KEY": base64.urlsafe_b64encode(bytes(32)).decode()},
            "ENCRYPTION_KEY is an example; make one of your own",
        ),
        ({"SECRET_KEY": "x1" * 20}, "SECRET_KEY must have at least 50 characters"),
        ({"SECRET_KEY": "ab" * 40}, "SECRET_KEY is an example; make one of your own"),
        *(
            (
                {"SECRET_KEY": f"{it}{'4kZ0r8YdVq2mB7' * 5}"},
                "SECRET_KEY is an example; make one of your own",
            )
            for it in ("change-me-", "django-insecure-", "your-secret-key-", "<secret>")
        ),
        ({"JWT_SECRET_KEY": "short"}, "JWT_SECRET_KEY must have at least 32 characters"),
        ({"METRICS_TOKEN": "token"}, "METRICS_TOKEN must have at least 16 characters"),
        (
            {"DATABASE_URL": "postgres://classroom:postgres@db:5432/classroom"},
            "DATABASE_URL holds an example password; set one of your own",
        ),
        *(
            ({"OUTBOUND_PROXY": it}, "OUTBOUND_PROXY must be an http:// or https:// address")
            for it in ("socks5://proxy:1080", "proxy:3128", "http://", "http://proxy:port")
        ),
        *(
            (
                {"ALLOWED_PRIVATE_ENDPOINTS": f"nas:80,{it}"},
                f"ALLOWED_PRIVATE_ENDPOINTS must hold host:port pairs, not {it!r}",
            )
            for it in ("nas", "nas:http", "nas:0", "nas:70000")
        ),
    ],
)
def test_a_wrong_value_stops_the_start_with_one_line_that_names_it(tmp_path, wrong, said_about_it):
    said = start(tmp_path, "check", **PRODUCTION | wrong)

    assert said.returncode != 0
    assert said.stderr.splitlines()[-1].endswith(said_about_it)


def test_production_has_nothing_left_to_secure(tmp_path):
    said = start(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert (said.returncode, said.stderr) == (0, "")


def test_the_embedded_profile_makes_keys_only_its_owner_can_read(tmp_path):
    said = start(tmp_path, "check")
    keys = sorted((tmp_path / "keys").iterdir())

    assert said.returncode == 0, said.stderr
    assert [key.name for key in keys] == ["encryption_key", "secret_key"]
    assert {key.stat().st_mode & 0o777 for key in keys} == {0o600}
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
