"""The words of downloads: what runs, what is waited for, what went wrong."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.formats import date_format, time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from accounts.models import User
from core.models import Status
from core.templatetags.format import filesize, span
from courses.models import Coursework
from downloads.models import Download, Transition
from downloads.reasons import reason_words
from downloads.selectors.batches import BatchState
from downloads.selectors.downloads import (
    NEEDS_CONSENT,
    coursework_of,
    has_picture,
    reference_of,
)
from downloads.selectors.failures import Group
from downloads.selectors.limits import QueueState
from downloads.selectors.queue import Counts
from downloads.selectors.waits import WaitReason, wait_of
from downloads.services import bulk
from downloads.states import BatchStatus, Stage
from downloads.taxonomy import Explanation, explain, is_ours

register = template.Library()

STAGES: dict[str, StrOrPromise] = {
    "": gettext_lazy("Starting"),
    Stage.RESOLVING: gettext_lazy("Reading the source"),
    Stage.DOWNLOADING: gettext_lazy("Downloading"),
    Stage.MERGING: gettext_lazy("Merging"),
    Stage.STORING: gettext_lazy("Saving"),
}
REASONS: dict[str, StrOrPromise] = {
    NEEDS_CONSENT: gettext_lazy("Its Google account has to be connected again."),
    "linked": gettext_lazy("The library had this video already."),
    "google_away": gettext_lazy("Google did not answer; it goes on by itself."),
    "google_setup": gettext_lazy(
        "Google does not accept this installation; it goes on once your administrator mends that."
    ),
    "not_started": gettext_lazy("The worker could not begin; it goes on in a moment."),
    "disk_low": gettext_lazy("It needs more room than there is on the disk."),
    "quota_full": gettext_lazy("It needs more room than is left in its owner's space."),
    "database_away": gettext_lazy("The database did not answer; it goes on in a moment."),
    "folder_busy": gettext_lazy("An earlier run was still ending."),
    "worker_left": gettext_lazy("The worker was restarted; it goes on where it stopped."),
    "worker_died": gettext_lazy("The worker was lost; it goes on where it stopped."),
    "lease_lapsed": gettext_lazy("The worker fell silent; it goes on where it stopped."),
}
WAITS: dict[WaitReason, StrOrPromise] = {
    WaitReason.NEEDS_CONSENT: gettext_lazy("Waits until its Google account is connected again"),
    WaitReason.PAUSED: gettext_lazy("Paused"),
    WaitReason.OUTSIDE_HOURS: gettext_lazy("Waits for the hours of downloads, from %(time)s"),
    WaitReason.HOST_PAUSE: gettext_lazy("Its site asks for a pause, until %(time)s"),
    WaitReason.RETRY: gettext_lazy("Tries again at %(time)s"),
    WaitReason.DISK_LOW: gettext_lazy("Waits until there is room on the disk"),
    WaitReason.QUOTA_FULL: gettext_lazy("Waits until there is room in your space"),
    WaitReason.USER_LIMIT: gettext_lazy("Waits for another download of yours to end"),
    WaitReason.HOST_LIMIT: gettext_lazy("Waits for another download from the same site"),
}

BATCH_LOOKS = {
    BatchStatus.PENDING: ("queued", "clock"),
    BatchStatus.IN_PROGRESS: ("running", "arrow-down-circle"),
    BatchStatus.COMPLETED: ("completed", "check-circle-fill"),
    BatchStatus.PARTIALLY_COMPLETED: ("waiting", "exclamation-triangle-fill"),
    BatchStatus.FAILED: ("failed", "x-octagon-fill"),
    BatchStatus.CANCELLED: ("cancelled", "slash-circle"),
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
    return reference_of(download) if is_ours(download.error_code) else ""


@register.filter
def reference_word(download: Download) -> str:
    return reference_of(download)


@register.filter
def source_said(download: Download, user: User) -> str:
    """The words of the failure. Those of our own mistakes are for staff."""
    return download.error_detail if user.is_admin or not is_ours(download.error_code) else ""


@register.filter
def one(downloads: dict[int, Download], pk: int) -> Download | None:
    return downloads.get(pk)


@register.filter
def as_query(group: Group) -> str:
    """The filter of the list that finds what is in a group of failures."""
    account = group.credential_id or "none"
    fields = {"error_code": group.code, "host": group.host, "account": account}
    return urlencode({**fields, "days": group.days})


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
    if not has_picture(download):
        return ""
    return reverse("downloads:thumbnail", args=[download.pk])


@register.simple_tag
def reason(download: Download, position: int | None) -> str:
    """Why it stands where it stands, where there is more to say than that it does."""
    if download.status == Status.QUEUED:
        return _waits_for(download, position or 0)
    if download.status == Status.FAILED:
        return str(explain(download.error_code).message)
    if download.status == Status.COMPLETED and download.material_id:
        return _("Saved with its course.")
    if download.status == Status.COMPLETED and download.video_id is None:
        return _("Its video was deleted.")
    return str(REASONS["linked"]) if download.linked else ""


@register.simple_tag
def held_up(queue: QueueState) -> str:
    """Why nothing begins, as a heading."""
    if queue.reason == WaitReason.OUTSIDE_HOURS:
        return _("Downloads begin again at %(time)s") % {"time": _clock(queue.until)}
    if queue.reason == WaitReason.DISK_LOW:
        return _("The disk is full")
    if queue.is_everybody_paused:
        return _("All downloads are paused")
    return _("Your downloads are paused")


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


@register.filter
def coursework(download: Download) -> Coursework | None:
    """Where in a course it hangs, if it came from one."""
    return coursework_of(download)


@register.filter
def reason_of(code: str) -> Explanation:
    """Why something of a course was left out."""
    return reason_words(code)


@register.filter
def batch_tone(status: str) -> str:
    return BATCH_LOOKS[BatchStatus(status)][0]


@register.filter
def batch_icon(status: str) -> str:
    return BATCH_LOOKS[BatchStatus(status)][1]


@register.filter
def batch_tabs(state: BatchState) -> list[dict[str, object]]:
    """The states a batch's rows can be narrowed to, with how many there are; empty ones go."""
    every = (
        {"status": status.value, "label": status.label, "number": getattr(state, status.value)}
        for status in Status
    )
    return [tab for tab in every if tab["number"]]


@register.filter
def can_be(downloads: Iterable[Download], action: str) -> bool:
    """Whether there is a row among them with which this can be done."""
    return any(download.status in bulk.CHANGES[action] for download in downloads)


def _waits_for(download: Download, position: int) -> str:
    wait = wait_of(download)
    if wait.reason:
        return str(WAITS[wait.reason]) % {"time": _clock(wait.until)}
    if position == 1:
        return _("Next in line")
    return _("Number %(position)s in line") % {"position": position} if position else ""


def _clock(moment: datetime | None) -> str:
    """The time of a day that is not today goes with its date."""
    if moment is None:
        return ""
    here = localtime(moment)
    is_today = here.date() == localtime().date()
    return (
        time_format(here)
        if is_today
        else f"{date_format(here, 'SHORT_DATE_FORMAT')} {time_format(here)}"
    )
