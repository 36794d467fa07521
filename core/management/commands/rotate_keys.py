"""Put every stored secret under the first key of ENCRYPTION_KEY, while the site is in use."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db.models import F, Model, QuerySet, TextField, Value
from django.db.models.functions import Cast

from core import crypto

_BATCH = 200


class Command(BaseCommand):
    help = (
        "Encrypts every stored secret anew with the first key of ENCRYPTION_KEY. Afterwards the "
        "other keys can be taken out."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        sealed_for_good = []
        for name, rotate in _rotations():
            rotated, lost = rotate()
            self.stdout.write(f"{name}: {rotated} encrypted anew")
            sealed_for_good += [f"{name} of row {pk}" for pk in lost]
        if sealed_for_good:
            raise CommandError(
                f"No key of ENCRYPTION_KEY opens {len(sealed_for_good)} secrets: "
                + ", ".join(sealed_for_good[:20])
            )


def _rotations() -> Iterator[tuple[str, Callable[[], tuple[int, list[Any]]]]]:
    for model, field in _encrypted_fields():
        name = f"{model._meta.label}.{field}"  # noqa: SLF001 - the public face of a model
        yield name, partial(_rotate, model, field)
    yield from crypto.rotations.items()


def _encrypted_fields() -> Iterator[tuple[type[Model], str]]:
    for model in apps.get_models():
        for field in model._meta.concrete_fields:  # noqa: SLF001 - the public face of a model
            if isinstance(field, crypto.EncryptedJSONField):
                yield model, field.name


def _rotate(model: type[Model], field: str) -> tuple[int, list[Any]]:
    """How many were encrypted anew, and the rows whose secret nothing opens."""
    rotated, lost, last = 0, [], None
    while batch := _after(model, field, last):
        for pk, sealed in batch:
            try:
                rotated += _rotate_one(model, field, pk, sealed)
            except crypto.Undecipherable:
                lost.append(pk)
        last = batch[-1][0]
    return rotated, lost


def _after(model: type[Model], field: str, last: Any) -> list[tuple[Any, str]]:
    rows = _rows(model, field).order_by("pk")
    if last is not None:
        rows = rows.filter(pk__gt=last)
    return list(rows.values_list("pk", "sealed")[:_BATCH])


def _rotate_one(model: type[Model], field: str, pk: Any, sealed: str | None) -> bool:
    """Whoever changes the row at this moment is not overwritten; his secret is next."""
    while sealed is not None:
        new = Value(crypto.rotate(sealed), output_field=TextField())
        if _rows(model, field).filter(pk=pk, sealed=sealed).update(**{field: new}):
            return True
        sealed = _rows(model, field).filter(pk=pk).values_list("sealed", flat=True).first()
    return False


def _rows(model: type[Model], field: str) -> QuerySet[Any]:
    """Rows with the secret as it is stored."""
    rows = model._base_manager.filter(**{f"{field}__isnull": False})  # noqa: SLF001 - all of them
    found: QuerySet[Any] = rows.annotate(sealed=Cast(F(field), TextField()))
    return found
