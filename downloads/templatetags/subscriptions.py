"""The words of subscriptions: what has become of a found video, when it is looked again."""

from datetime import datetime

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from core.models import Status
from downloads.models import FoundVideo
from downloads.selectors.downloads import has_picture
from downloads.selectors.subscriptions import FoundState, FoundStatus
from downloads.taxonomy import explain

register = template.Library()

_LABELS: dict[FoundStatus, StrOrPromise] = {
    FoundStatus.FOUND: gettext_lazy("Not downloaded"),
    FoundStatus.COMPLETED: gettext_lazy("In your library"),
    FoundStatus.REMOVED: gettext_lazy("Deleted again"),
    FoundStatus.IGNORED: gettext_lazy("Set aside"),
}
_ICONS = {
    FoundStatus.QUEUED: "clock",
    FoundStatus.RUNNING: "arrow-down-circle",
    FoundStatus.COMPLETED: "check-circle-fill",
    FoundStatus.FAILED: "x-octagon-fill",
    FoundStatus.FOUND: "film",
}
_TONES = {FoundStatus.FOUND, FoundStatus.REMOVED, FoundStatus.IGNORED}


@register.filter
def label_of(state: FoundState) -> str:
    return str(_LABELS.get(state.status) or Status(str(state.status)).label)


@register.filter
def icon_of(state: FoundState) -> str:
    return _ICONS.get(state.status, "slash-circle")


@register.filter
def tone_of(state: FoundState) -> str:
    return "cancelled" if state.status in _TONES else str(state.status)


@register.filter
def picture_of(state: FoundState) -> str:
    """Ours alone: no page of ours asks another site for a picture."""
    if state.video and state.video.thumbnail_key:
        return reverse("library:thumbnail", args=[state.video.pk])
    if state.download and has_picture(state.download):
        return reverse("downloads:thumbnail", args=[state.download.pk])
    return ""


@register.filter
def why_of(state: FoundState) -> str:
    """Why it failed, in words."""
    if state.status != FoundStatus.FAILED or state.download is None:
        return ""
    return str(explain(state.download.error_code).message)


@register.filter
def can_be_picked(state: FoundState) -> bool:
    """Whether there is something to fetch, or to set aside."""
    return state.status not in {FoundStatus.QUEUED, FoundStatus.RUNNING, FoundStatus.COMPLETED}


@register.filter
def shown_title(found: FoundVideo) -> str:
    return found.title or found.url


@register.filter
def upcoming(moment: datetime) -> str:
    """today 18:00, tomorrow 06:00, or the day."""
    now, then = timezone.localtime(), timezone.localtime(moment)
    if then <= now:
        return _("in a moment")
    at = date_format(then, "TIME_FORMAT")
    days = (then.date() - now.date()).days
    if days == 0:
        return _("today at %(time)s") % {"time": at}
    if days == 1:
        return _("tomorrow at %(time)s") % {"time": at}
    return date_format(then, "SHORT_DATETIME_FORMAT")
