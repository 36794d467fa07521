"""The words of downloads: what runs, what is waited for, what went wrong."""

from django import template
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from core.templatetags.format import clock, filesize, span
from core.models import Status
from downloads.models import Download, Transition
from downloads.states import Stage
from downloads.taxonomy import Explanation, explain

register = template.Library()

STAGES: dict[str, StrOrPromise] = {
    "": gettext_lazy("Starting"),
    Stage.RESOLVING: gettext_lazy("Looking at the source"),
    Stage.DOWNLOADING: gettext_lazy("Downloading"),
    Stage.MERGING: gettext_lazy("Joining picture and sound"),
    Stage.STORING: gettext_lazy("Putting into the library"),
}
REASONS: dict[str, StrOrPromise] = {
    "linked": gettext_lazy("The library had this video already."),
    "not_started": gettext_lazy("The worker could not begin; it goes on in a moment."),
    "folder_busy": gettext_lazy("An earlier run was still ending."),
    "worker_left": gettext_lazy("The worker was restarted; it goes on where it stopped."),
    "worker_died": gettext_lazy("The worker was lost; it goes on where it stopped."),
    "lease_lapsed": gettext_lazy("The worker fell silent; it goes on where it stopped."),
}


@register.filter
def name(download: Download) -> str:
    """Its title, or while that is not known its address."""
    return download.title or download.url


@register.filter
def explained(code: str) -> Explanation:
    return explain(code)


@register.filter
def stage_word(stage: str) -> StrOrPromise:
    return STAGES.get(stage, STAGES[""])


@register.filter
def why(transition: Transition) -> StrOrPromise:
    """Why it moved, where there is more to say than that it did."""
    if not transition.reason:
        return ""
    return REASONS.get(transition.reason) or explain(transition.reason).message


@register.simple_tag
def waits_for(download: Download, position: int | None) -> str:
    """Why a queued download does not run yet."""
    if download.wait_reason == "retry":
        at = time_format(localtime(download.available_at))
        return _("Tries again at %(time)s") % {"time": at}
    if position == 1:
        return _("Next in line")
    return _("Number %(position)s in line") % {"position": position} if position else ""


@register.filter
def at(positions: dict[int, int], download: Download) -> int | None:
    return positions.get(download.pk)
