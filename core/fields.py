"""The input of the API: strict about names and types, UTC about times."""

from datetime import UTC
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError


class Text(serializers.CharField):
    """A JSON string; numbers are not quietly turned into one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    """`true` or `false`, in JSON as such and in a query as these words."""

    def to_internal_value(self, data: Any) -> bool:
        if isinstance(data, bool):
            return data
        if not isinstance(self.parent, Query) or data not in {"true", "false"}:
            self.fail("invalid", input=data)
        return bool(data == "true")


class Whole(serializers.IntegerField):
    """A whole number; in JSON not a string that looks like one."""

    def to_internal_value(self, data: Any) -> int:
        in_query = isinstance(self.parent, Query)
        if isinstance(data, bool) or not isinstance(data, str if in_query else int):
            self.fail("invalid")
        return super().to_internal_value(data)


class Moment(serializers.DateTimeField):
    """A point in time, ISO 8601; read as UTC where no zone is given."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)


class Input(serializers.Serializer[None]):
    """The fields of a request; a name that is not among them is an error, not ignored."""

    default_error_messages = {"unknown_field": _("There is no such field.")}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, dict) and (unknown := data.keys() - self.fields.keys()):
            message = self.error_messages["unknown_field"]
            raise ValidationError(
                {name: [ErrorDetail(str(message), "unknown_field")] for name in sorted(unknown)}
            )
        return dict(super().to_internal_value(data))


class Query(Input):
    """The query parameters of a request. This one takes none."""

    default_error_messages = {"unknown_field": _("There is no such parameter.")}
