"""Bytes, times and shares as people read them; static/js/live.js writes the same shapes."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()

UNITS = ("B", "kB", "MB", "GB", "TB")
MINUTE, HOUR, DAY, WEEK = 60, 3600, 86400, 604800


@register.filter
def filesize(size: float | None) -> str:
    """412 MB, 8.2 MB: decimal units, one decimal below ten."""
    if size is None:
        return ""
    amount, unit = float(size), 0
    while amount >= 999.5 and unit < len(UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    digits = 1 if unit and amount < 9.95 else 0
    return f"{number_format(round(amount, digits), digits)}\u00a0{UNITS[unit]}"


@register.filter
def speed(bytes_per_second: float | None) -> str:
    return f"{filesize(bytes_per_second)}/s" if bytes_per_second else ""


@register.filter
def percent(share: float | None) -> str:
    """61.7 → 61%: never 100% before it is done."""
    return "" if share is None else f"{int(share)}%"


@register.filter
def clock(seconds: float | None) -> str:
    """12:31 or 1:02:03, as players show a length."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), MINUTE)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def span(seconds: float | None) -> str:
    """31 s, 4 min, 1 h 12 min: how long something takes or took."""
    if seconds is None:
        return ""
    whole = max(0, round(seconds))
    if whole < MINUTE:
        return f"{whole}\u00a0s"
    hours, minutes = divmod(round(whole / MINUTE), 60)
    if not hours:
        return f"{minutes}\u00a0min"
    return f"{hours}\u00a0h {minutes}\u00a0min" if minutes else f"{hours}\u00a0h"


@register.filter
def iso_length(seconds: float | None) -> str:
    """PT12M31S, for the datetime attribute of a length."""
    return "" if seconds is None else f"PT{round(seconds)}S"


@register.filter
def ago(moment: datetime | None) -> SafeString | str:
    """How long ago; the exact time on hover and for screen readers."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    exact = date_format(local, "DATETIME_FORMAT")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(), exact, _distance(local)
    )


def _distance(moment: datetime) -> str:
    passed = (timezone.now() - moment).total_seconds()
    if passed < MINUTE:
        return _("just now")
    if passed < HOUR:
        minutes = int(passed // MINUTE)
        return ngettext("%(count)s min ago", "%(count)s min ago", minutes) % {"count": minutes}
    if passed < DAY:
        hours = int(passed // HOUR)
        return ngettext("%(count)s h ago", "%(count)s h ago", hours) % {"count": hours}
    if passed < WEEK:
        days = int(passed // DAY)
        return ngettext("%(count)s day ago", "%(count)s days ago", days) % {"count": days}
    return date_format(moment, "SHORT_DATE_FORMAT")


@register.filter
def unlocalised(number: float | None) -> str:
    """A number for machines: attributes want a point wherever the reader is."""
    return "" if number is None else f"{number:.12g}"
