"""Deep lists: a page begins after the last row of the one before, however long the list is."""

from typing import Any

from django.db.models import QuerySet

from core.api import Page, PageQuery
from core.fields import Whole
from core.shapes import PageShape
from downloads.models import Download

_LARGEST_ID = 2**63 - 1


class CursorQuery(PageQuery):
    cursor = Whole(
        required=False,
        min_value=1,
        max_value=_LARGEST_ID,
        help_text="`next_cursor` of the page before; quicker than `offset` in a deep list, and "
        "nothing is skipped or doubled when rows are added meanwhile.",
    )


class CursorShape(PageShape):
    next_cursor: int | None


class CursorPage(Page[Download]):
    """Newest first; `total` counts the whole list, wherever the page begins."""

    def __init__(
        self, rows: QuerySet[Download], *, limit: int, offset: int, cursor: int | None = None
    ) -> None:
        if cursor is None:
            super().__init__(rows, limit=limit, offset=offset)
        else:
            self.total = rows.count()
            self.results = list(rows.filter(id__lt=cursor)[offset : offset + limit])
            self.limit, self.offset = limit, offset

    def answer(self, results: list[Any]) -> dict[str, Any]:
        full = len(self.results) == self.limit
        return {**super().answer(results), "next_cursor": self.results[-1].pk if full else None}
