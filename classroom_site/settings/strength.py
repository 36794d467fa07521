"""Production refuses to start with secrets that everybody knows or anybody guesses."""

import base64
import re
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

_EXAMPLE = re.compile(
    r"change.?(me|this|it)|example|insecure|replace|your[-_ ]|placeholder|…|\.{3}|x{8}|<.*>",
    re.IGNORECASE,
)
_KNOWN_PASSWORDS = frozenset(
    {"admin", "admin123", "classroom", "password", "postgres", "root", "secret", "test", "123456"}
)
_FEW_LETTERS = 8
SHORTEST = {"SECRET_KEY": 50, "JWT_SECRET_KEY": 32, "METRICS_TOKEN": 16}


def check_secret(name: str, value: str, *, may_be_empty: bool = False) -> None:
    """
    :raises ImproperlyConfigured: it is short, an example, or a few letters again and again
    """
    if may_be_empty and not value:
        return
    shortest = SHORTEST[name]
    if len(value) < shortest:
        raise ImproperlyConfigured(f"{name} must have at least {shortest} characters")
    if _EXAMPLE.search(value) or len(set(value)) < _FEW_LETTERS:
        raise ImproperlyConfigured(f"{name} is an example; make one of your own")


def check_encryption_key(key: str) -> None:
    """
    :raises ImproperlyConfigured: it was not drawn at random
    """
    if len(set(base64.urlsafe_b64decode(key))) < _FEW_LETTERS:
        raise ImproperlyConfigured("ENCRYPTION_KEY is an example; make one of your own")


def check_database_password(url: str) -> None:
    """One in the file system, or a server that trusts this machine, has none.

    :raises ImproperlyConfigured: it is one that everybody knows
    """
    password = urlsplit(url).password or ""
    if password.lower() in _KNOWN_PASSWORDS or (password and _EXAMPLE.search(password)):
        raise ImproperlyConfigured("DATABASE_URL holds an example password; set one of your own")
