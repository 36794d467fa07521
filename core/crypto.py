"""Secrets at rest. The first key encrypts, all decrypt; what no key opens is an error."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

# Secrets that lie in tables of others: what puts them all under the first key, by name. Answers
# how many it did, and the rows whose secret nothing opens.
rotations: dict[str, Callable[[], tuple[int, list[Any]]]] = {}


class Undecipherable(Exception):
    """None of the keys opens it: a key is missing, or the data were altered."""


def encrypt(text: str) -> str:
    return _box().encrypt(text.encode()).decode()


def decrypt(sealed: str) -> str:
    """:raises Undecipherable: it is never handed on as it is"""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Undecipherable("no key of ENCRYPTION_KEY opens this secret") from None


def rotate(sealed: str) -> str:
    """The same secret under the first key.

    :raises Undecipherable: no key opens it
    """
    try:
        return _box().rotate(sealed.encode()).decode()
    except InvalidToken:
        raise Undecipherable("no key of ENCRYPTION_KEY opens this secret") from None


class Sealed(Mapping[str, Any]):
    """A JSON object as the database holds it, opened when it is first looked into.

    Whoever loads a row for something else neither pays for its secrets nor trips over them.

    :raises Undecipherable: on looking into it
    """

    def __init__(self, ciphertext: str) -> None:
        self.ciphertext = ciphertext

    @cached_property
    def _open(self) -> dict[str, Any]:
        return dict(json.loads(decrypt(self.ciphertext)))

    def __getitem__(self, name: str) -> Any:
        return self._open[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._open)

    def __len__(self) -> int:
        return len(self._open)

    def __repr__(self) -> str:
        return "<sealed>"


class EncryptedJSONField(models.Field[Any, Any]):
    """A JSON object, encrypted in a text column. Not shown in forms, not to be searched for."""

    empty_strings_allowed = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "editable": False})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["editable"]
        return name, path, args, kwargs

    def get_internal_type(self) -> str:
        return "TextField"

    def get_prep_value(self, value: Any) -> str | None:
        if value is None:
            return None
        return value.ciphertext if isinstance(value, Sealed) else encrypt(json.dumps(value))

    def from_db_value(self, value: str | None, *_: Any) -> Sealed | None:
        return None if value is None else Sealed(value)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise TypeError("an encrypted field cannot be searched")
        return super().get_lookup(lookup_name)


def _box() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.ENCRYPTION_KEYS])
