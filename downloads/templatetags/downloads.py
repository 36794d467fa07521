"""The words of downloads: what runs, what is waited for, what went wrong."""

from django import template
from django.urls import reverse
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from core.models import Status
from core.templatetags.format import filesize, span
from downloads.engines.codes import Code
from downloads.models import Download, Transition
from downloads.selectors.queue import Counts
from downloads.states import Stage
from downloads.taxonomy import ERRORS, Explanation, explain

register = template.Library()

STAGES: dict[str, StrOrPromise] = {
    "": gettext_lazy("Starting"),
    Stage.RESOLVING: gettext_lazy("Reading the source"),
    Stage.DOWNLOADING: gettext_lazy("Downloading"),
    Stage.MERGING: gettext_lazy("Merging"),
    Stage.STORING: gettext_lazy("Saving"),
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
def reference(download: Download) -> str:
    """What to tell staff, where the advice is to tell them something."""
    known = download.error_code in ERRORS
    asked_for = not known or download.error_code in {Code.JOB_CRASHED, Code.INTERNAL}
    return f"{download.error_code} #{download.pk}" if asked_for else ""


@register.filter
def stage_word(stage: str) -> StrOrPromise:
    return STAGES.get(stage, STAGES[""])


@register.filter
def why(transition: Transition) -> str:
    """Why it moved, where there is more to say than that it did."""
    if not transition.reason:
        return ""
    return str(REASONS.get(transition.reason) or explain(transition.reason).message)


@register.filter
def thumb_url(download: Download) -> str:
    """Its picture, as long as there is one."""
    gone = download.status == Status.COMPLETED and download.video_id is None
    if gone or not download.has_thumbnail:
        return ""
    return reverse("downloads:thumbnail", args=[download.pk])


@register.simple_tag
def reason(download: Download, position: int | None) -> str:
    """Why it stands where it stands, where there is more to say than that it does."""
    if download.status == Status.QUEUED:
        return _waits_for(download, position or 0)
    if download.status == Status.FAILED:
        return str(explain(download.error_code).message)
    if download.status == Status.COMPLETED and download.video_id is None:
        return _("Its video was deleted.")
    return str(REASONS["linked"]) if download.linked else ""


@register.filter
def at(positions: dict[int, int], download: Download) -> int | None:
    return positions.get(download.pk)


@register.filter
def bytes_so_far(size: int) -> str:
    return filesize(size) if size else ""


@register.filter
def time_left(seconds: float | None) -> str:
    return "" if seconds is None else _("%(time)s left") % {"time": span(seconds)}


@register.filter
def took(download: Download) -> float:
    """Seconds from its first start to its end."""
    if download.started_at is None or download.finished_at is None:
        return 0
    return (download.finished_at - download.started_at).total_seconds()


@register.filter
def tabs(counts: Counts) -> list[dict[str, object]]:
    """The states a list can be narrowed to, with how many there are."""
    return [
        {"status": status.value, "label": status.label, "number": getattr(counts, status.value)}
        for status in Status
    ]


def _waits_for(download: Download, position: int) -> str:
    if download.wait_reason == "retry":
        at = time_format(localtime(download.available_at))
        return _("Tries again at %(time)s") % {"time": at}
    if download.wait_reason == "disk_low":
        return _("Waits until there is room on the disk")
    if position == 1:
        return _("Next in line")
    return _("Number %(position)s in line") % {"position": position} if position else ""
