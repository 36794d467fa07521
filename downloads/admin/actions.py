"""What staff do to many downloads at once, and how much of it was done."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import storage
from core.errors import ExpectedError
from core.models import ENDED
from downloads.models import Download
from downloads.selectors import console
from downloads.services import queueing

AT_ONCE = 500
NAMED = 10

Admin = admin.ModelAdmin[Any]


@dataclass(slots=True)
class Outcome:
    """`unchanged`: nothing was to be done; `refused`: which could not be, by reason."""

    selected: int
    done: int = 0
    unchanged: int = 0
    refused: dict[str, list[str]] = field(default_factory=dict)


def retry(site: Admin, request: HttpRequest, selected: QuerySet[Download]) -> None:
    outcome = _each(request, selected, queueing.retry_download)
    done = outcome.done
    said = ngettext("%(count)d is in the queue again.", "%(count)d are in the queue again.", done)
    _report(site, request, outcome, said % {"count": done})


def cancel(site: Admin, request: HttpRequest, selected: QuerySet[Download]) -> None:
    outcome = _each(request, selected, queueing.cancel_download, changes=_is_active)
    done, ended = outcome.done, outcome.unchanged
    said = ngettext("Cancelled %(count)d.", "Cancelled %(count)d.", done) % {"count": done}
    if ended:
        more = ngettext("%(count)d had already ended.", "%(count)d had already ended.", ended)
        said = f"{said} {more % {'count': ended}}"
    _report(site, request, outcome, said)


def purge(site: Admin, request: HttpRequest, selected: QuerySet[Download]) -> None:
    outcome = _each(
        request, selected, queueing.cancel_download, changes=_has_something, purge=True
    )
    done, empty = outcome.done, outcome.unchanged
    said = ngettext(
        "Deleted the files of %(count)d download.",
        "Deleted the files of %(count)d downloads.",
        done,
    )
    said %= {"count": done}
    if empty:
        more = ngettext("%(count)d had no files.", "%(count)d had no files.", empty)
        said = f"{said} {more % {'count': empty}}"
    _report(site, request, outcome, said)


def ask_before_purge(
    site: Admin, request: HttpRequest, selected: QuerySet[Download]
) -> HttpResponse:
    """Name what goes, and who else misses it then."""
    chosen = list(_in_turn(selected))
    context = site.admin_site.each_context(request) | {
        "title": _("Delete videos"),
        "opts": site.opts,
        "downloads": chosen,
        "with_video": len([download for download in chosen if download.video_id]),
        "size": console.bytes_freed(chosen),
        "others": console.sharing_videos(chosen)[:NAMED],
        "left_out": selected.count() - len(chosen),
        "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/downloads/download/purge.html", context)


def _in_turn(selected: QuerySet[Download]) -> QuerySet[Download]:
    """The same ones, in the same order, whether they are shown or worked on."""
    return selected.order_by("-id")[:AT_ONCE]


def _each(
    request: HttpRequest,
    selected: QuerySet[Download],
    work: Callable[..., object],
    *,
    changes: Callable[[Download], bool] = lambda _: True,
    **options: Any,
) -> Outcome:
    outcome = Outcome(selected=selected.count())
    for download in _in_turn(selected):
        download.refresh_from_db()  # an earlier one may have had the same video
        changed = changes(download)
        try:
            work(by=request.user, download=download, **options)
        except ExpectedError as refusal:
            outcome.refused.setdefault(str(refusal), []).append(f"#{download.pk}")
        else:
            outcome.done += changed
            outcome.unchanged += not changed
    return outcome


def _report(site: Admin, request: HttpRequest, outcome: Outcome, said: str) -> None:
    site.message_user(request, said, messages.SUCCESS if outcome.done else messages.INFO)
    for reason, names in outcome.refused.items():
        refused = f"{', '.join(names[:NAMED])}: {reason}"
        site.message_user(request, refused, messages.WARNING)
    if outcome.selected > AT_ONCE:
        some = _("Only the newest %(some)d of the %(all)d selected; do it again for the others.")
        numbers = {"some": AT_ONCE, "all": outcome.selected}
        site.message_user(request, some % numbers, messages.WARNING)


def _is_active(download: Download) -> bool:
    return download.status not in ENDED


def _has_something(download: Download) -> bool:
    partial = storage.partial_folder(download.folder)
    return _is_active(download) or download.video_id is not None or partial.exists()
