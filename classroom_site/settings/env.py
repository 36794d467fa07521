"""Reads the variables of variables.py from the environment or a .env file, with clear errors."""

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from classroom_site.settings.variables import VARIABLES

BASE_DIR = Path(__file__).resolve().parents[2]

_env = environ.Env()
_env.read_env(BASE_DIR / ".env")  # what the environment already says wins


def text(name: str) -> str:
    """The value, its default, or for NAME_FILE the content of that file (Docker secrets)."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    return str(_env.str(name, default=VARIABLES[name].default)).strip()


def given(name: str) -> bool:
    """Whether somebody has set it."""
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def number(name: str) -> int:
    try:
        return int(text(name) or VARIABLES[name].default)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {text(name)!r}") from None


def decimal(name: str) -> float:
    try:
        return float(text(name) or VARIABLES[name].default)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a number, not {text(name)!r}") from None


def flag(name: str) -> bool:
    value = text(name).lower()
    if value not in {"true", "false", "1", "0", "yes", "no", "on", "off"}:
        raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}")
    return value in {"true", "1", "yes", "on"}


def words(name: str) -> list[str]:
    return [word.strip() for word in text(name).split(",") if word.strip()]
