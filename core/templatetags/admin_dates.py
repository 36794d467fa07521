"""Steps through years, months and days above a list of the back office."""

from datetime import date
from itertools import takewhile
from typing import Any

from django import template
from django.contrib.admin.views.main import ChangeList
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

register = template.Library()

PARTS = ("year", "month", "day")


@register.inclusion_tag("admin/date_hierarchy.html")
def date_steps(cl: ChangeList) -> dict[str, Any]:
    """What Django's `date_hierarchy` shows, from the first and the last row alone.

    Django asks the database to cut every row's time down to its day or month, which on SQLite
    calls Python for each row: a third of a second for 50,000.
    """
    name = str(cl.date_hierarchy)
    bounds = cl.queryset.aggregate(first=Min(name), last=Max(name))
    if bounds["first"] is None:
        return {"show": False}
    first, last = (timezone.localtime(bounds[end]).date() for end in ("first", "last"))
    given = list(takewhile(cl.params.__contains__, [f"{name}__{part}" for part in PARTS]))
    return {
        "show": True,
        "back": _back(cl, name, given),
        "choices": [_choice(cl, name, step, len(given)) for step in _steps(first, last, given)],
    }


def _steps(first: date, last: date, given: list[str]) -> list[date]:
    """The first days of the years or months, or the days, from the first row to the last."""
    if not given:
        return [date(year, 1, 1) for year in range(first.year, last.year + 1)]
    if len(given) == 1:
        return [date(first.year, month, 1) for month in range(first.month, last.month + 1)]
    return [first.replace(day=day) for day in range(first.day, last.day + 1)]


def _choice(cl: ChangeList, name: str, step: date, depth: int) -> dict[str, str]:
    formats = ("Y", "YEAR_MONTH_FORMAT", "MONTH_DAY_FORMAT", "MONTH_DAY_FORMAT")
    choice = {"title": date_format(step, formats[depth])}
    if depth < len(PARTS):
        numbers = {f"{name}__{part}": getattr(step, part) for part in PARTS[: depth + 1]}
        choice["link"] = cl.get_query_string(numbers, [name])
    return choice


def _back(cl: ChangeList, name: str, given: list[str]) -> dict[str, str] | None:
    """One step out of what is chosen."""
    if not given:
        return None
    kept = {parameter: cl.params[parameter] for parameter in given[:-1]}
    if not kept:
        return {"link": cl.get_query_string({}, [name]), "title": _("All dates")}
    numbers = [int(value) for value in kept.values()]
    step = date(*numbers, *[1] * (len(PARTS) - len(numbers)))
    shape = "Y" if len(numbers) == 1 else "YEAR_MONTH_FORMAT"
    return {"link": cl.get_query_string(kept, [name]), "title": date_format(step, shape)}
