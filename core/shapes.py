"""Answers of the API are TypedDicts: checked by mypy, drawn here for the OpenAPI document.

A field's `Annotated[...]` notes become its description (a text) or its format.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    NotRequired,
    TypedDict,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

Schema = dict[str, Any]
Refer = Callable[[type], Schema]


@dataclass(frozen=True, slots=True)
class Format:
    """A note on a text: which form it has."""

    name: str


Moment = Annotated[str, Format("date-time")]

_PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    Any: {},
    dict[str, Any]: {"type": "object"},
}


class PageShape(TypedDict):
    """What every list answers besides its results."""

    total: Annotated[int, "Rows in all pages."]
    limit: int
    offset: int


def moment(at: datetime) -> str:
    """UTC, ISO 8601, with Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def moment_or_none(at: datetime | None) -> str | None:
    return moment(at) if at else None


def schema_of(shape: type, refer: Refer) -> Schema:
    """The JSON schema of a TypedDict; `refer` gives the reference to another one."""
    hints = get_type_hints(shape, include_extras=True)
    schema: Schema = {
        "type": "object",
        "properties": {name: _schema(hint, refer) for name, hint in hints.items()},
        "required": [name for name in hints if name in shape.__required_keys__],  # type: ignore[attr-defined]
    }
    if shape.__doc__:
        schema["description"] = shape.__doc__
    return schema


def _schema(hint: Any, refer: Refer) -> Schema:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _annotated(_schema(inner[0], refer), inner[1:])
    if origin in {Union, UnionType}:
        (only,) = (kind for kind in inner if kind is not NoneType)
        return _or_null(_schema(only, refer))
    if origin is NotRequired:
        return _schema(inner[0], refer)
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(inner[1], refer)}
    if origin is list:
        return {"type": "array", "items": _schema(inner[0], refer)}
    if is_typeddict(hint):
        return refer(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"type": "string", "enum": [member.value for member in hint]}
    return dict(_PLAIN[hint])


def _annotated(schema: Schema, notes: tuple[Any, ...]) -> Schema:
    for note in notes:
        said = {"format": note.name} if isinstance(note, Format) else {"description": note}
        schema = schema | said
    return schema


def _or_null(schema: Schema) -> Schema:
    if "type" not in schema:
        return {"oneOf": [schema, {"type": "null"}]}
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    return schema | {"type": [schema["type"], "null"]}
