"""Keys of the embedded profile: made once, kept in DATA_DIR/keys, readable by the owner alone."""

import os
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from classroom_site.settings import env, strength


def secret_key(folder: Path, *, production: bool) -> str:
    key = _key("SECRET_KEY", folder, production, get_random_secret_key)
    if production:
        strength.check_secret("SECRET_KEY", key)
    return key


def encryption_keys(folder: Path, *, production: bool) -> list[str]:
    """Fernet keys, the first of which encrypts.

    :raises ImproperlyConfigured: a key is missing or an example in production, or is none
    """
    value = _key("ENCRYPTION_KEY", folder, production, lambda: Fernet.generate_key().decode())
    keys = [key.strip() for key in value.split(",") if key.strip()]
    for key in keys:
        try:
            Fernet(key)
        except ValueError:
            raise ImproperlyConfigured("ENCRYPTION_KEY holds no valid Fernet key") from None
        if production:
            strength.check_encryption_key(key)
    return keys


def _key(name: str, folder: Path, production: bool, make: Callable[[], str]) -> str:
    if value := env.text(name):
        return value
    if production:
        raise ImproperlyConfigured(f"{name} must be set in the production profile")
    path = folder / name.lower()
    if not path.exists():
        _write_once(path, make())
    return path.read_text(encoding="utf-8").strip()


def _write_once(path: Path, value: str) -> None:
    """Two processes may start at once: the first writer wins, the other reads its key."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(value, encoding="utf-8")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
