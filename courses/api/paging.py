"""Pages by keyset: each begins after the last row of the one before, however deep.

A page token says in signed form where that was. It is opaque: nothing but the next page is to be
made of it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, TypedDict, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.api import MAX_PAGE
from core.errors import Invalid
from core.fields import Query, Text, Whole

AnyModel = TypeVar("AnyModel", bound=Model)
_MAX_TOKEN = 1000


class TokenShape(TypedDict):
    """What every list of a course's things answers besides its results."""

    next_page_token: Annotated[str | None, "Give it as `page_token` for more; null at the end."]


class TokenQuery(Query):
    page_size = Whole(min_value=1, max_value=MAX_PAGE, default=50, help_text="Rows of one page.")
    page_token = Text(
        required=False,
        allow_blank=True,
        max_length=_MAX_TOKEN,
        help_text="`next_page_token` of the page before; all else must be asked as there.",
    )


class TokenPage(Generic[AnyModel]):
    """One page of `rows`, whose `order` is total: its last field makes every row distinct.

    `name` is the list's own, so that the token of one list is none for another.
    """

    def __init__(
        self,
        rows: QuerySet[AnyModel],
        *,
        name: str,
        page_size: int,
        page_token: str = "",
        order: Sequence[str] = ("-id",),
    ) -> None:
        if page_token:
            rows = rows.filter(_after(order, _read(page_token, name, len(order))))
        found = list(rows.order_by(*order)[: page_size + 1])
        self.results = found[:page_size]
        self.next_page_token = (
            _token(self.results[-1], order, name) if len(found) > page_size else None
        )

    def answer(self, results: list[Any]) -> dict[str, Any]:
        return {"results": results, "next_page_token": self.next_page_token}


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows behind the one with these values: (a > x) or (a = x and (b > y or …))."""
    behind = Q()
    for field, value in reversed(list(zip(order, values, strict=True))):
        name, step = (field[1:], "lt") if field.startswith("-") else (field, "gt")
        rest = Q((name, value)) & behind if behind else Q()
        behind = Q((f"{name}__{step}", value)) | rest if rest else Q((f"{name}__{step}", value))
    return behind


def _token(row: Model, order: Sequence[str], name: str) -> str:
    values = [_plain(getattr(row, field.lstrip("-"))) for field in order]
    return signing.dumps(values, salt=_salt(name))


def _read(token: str, name: str, number: int) -> list[Any]:
    """:raises Invalid: no token of this list"""
    try:
        values = signing.loads(token, salt=_salt(name))
    except signing.BadSignature:
        message = _("This is no page token of this list.")
        raise Invalid(
            message, code="invalid_page_token", errors={"page_token": [message]}
        ) from None
    return list(values)[:number]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _salt(name: str) -> str:
    return f"courses.page.{name}"
