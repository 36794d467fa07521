"""The input of the API: strict about names and types, UTC about times."""

from datetime import UTC
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
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
    """A whole number; in JSON not a string that looks like one. 3.0 is whole, as JSON sees it."""

    def to_internal_value(self, data: Any) -> int:
        kinds = (str,) if isinstance(self.parent, Query) else (int, float)
        if isinstance(data, bool) or not isinstance(data, kinds):
            self.fail("invalid")
        return super().to_internal_value(data)


class Moment(serializers.DateTimeField):
    """A point in time, ISO 8601; read as UTC where no zone is given."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)


@extend_schema_field({"type": "string", "maxLength": 200, "not": {"pattern": r"\x00"}})
class Words(serializers.CharField):
    """Words to search for; none at all find everything."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, allow_blank=True, max_length=200, **options)


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
