"""The list of downloads, filtered by what its address says."""

from dataclasses import replace

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.requests import SignedInRequest
from core.errors import Invalid
from core.models import Status
from core.pages import back, done, page
from downloads.forms import BulkForm, FilterForm
from downloads.selectors import downloads, limits, queue
from downloads.selectors.downloads import DownloadFilter
from downloads.selectors.queue import Counts
from downloads.services import bulk as many
from downloads.services.bulk import Outcome

PER_PAGE = 25


@page
@require_safe
def list_downloads(request: SignedInRequest) -> HttpResponse:
    return render(request, "downloads/download_list.html", _list_of(request))


@page
@require_safe
def list_fragment(request: SignedInRequest) -> HttpResponse:
    """The rows and the state of the queue; a change of the filter also changes the address."""
    response = render(request, "downloads/_list_live.html", _list_of(request))
    if request.headers.get("HX-Trigger") == "filters":
        response["HX-Push-Url"] = f"{reverse('downloads:list')}?{request.GET.urlencode()}"
    return response


@page
@require_POST
def bulk(request: SignedInRequest) -> HttpResponse:
    """Cancel, retry or move the rows that are ticked."""
    form = BulkForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("Tick at least one download first."), code="nothing_picked")
    outcome = many.act_on_ids(
        by=request.user, action=form.cleaned_data["action"], ids=form.cleaned_data["download"]
    )
    level = "success" if outcome.done else "info"
    said = _said_of(form.cleaned_data["action"], outcome)
    return done(request, said, to=back(request, "downloads:list"), level=level)


@page
@require_POST
def retry_found(request: SignedInRequest) -> HttpResponse:
    """All that failed and that a filter finds, such as one cause with one account."""
    form = FilterForm(request.POST)
    wanted = replace(form.filter(), status=Status.FAILED)
    if not form.is_valid():  # left out, it would mean many more than was asked for
        raise Invalid(_("This filter makes no sense."), code="invalid_filter")
    outcome = many.act_on_found(by=request.user, action="retry", filter=wanted)
    said = _said_of("retry", outcome)
    if outcome.left:
        more = ngettext(
            "%(count)d more waits for you to do that again.",
            "%(count)d more wait for you to do that again.",
            outcome.left,
        )
        said = f"{said} {more % {'count': outcome.left}}"
    level = "success" if outcome.done else "info"
    return done(request, said, to=back(request, "downloads:list"), level=level)


def _said_of(action: str, outcome: Outcome) -> str:
    number = {"count": outcome.done}
    if action == "cancel":
        said = ngettext("Cancelled %(count)d.", "Cancelled %(count)d.", outcome.done)
    elif action == "retry":
        said = ngettext(
            "%(count)d is in the queue again.", "%(count)d are in the queue again.", outcome.done
        )
    else:
        said = ngettext(
            "Moved %(count)d in your queue.", "Moved %(count)d in your queue.", outcome.done
        )
    said %= number
    left = len(outcome.refused) + outcome.unchanged
    if left:
        more = ngettext("%(count)d stays as it is.", "%(count)d stay as they are.", left)
        said = f"{said} {more % {'count': left}}"
    return said


def _list_of(request: SignedInRequest) -> dict[str, object]:
    form = FilterForm(request.GET)
    wanted = form.filter()
    found = downloads.list_downloads(user=request.user, filter=wanted)
    rows = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return {
        "form": form,
        "queue": limits.queue_state(user=request.user),
        "rows": rows,
        "counts": _counts_within(request.user, wanted),
        "narrowed": wanted != downloads.EVERYTHING,
        "positions": queue.positions_of(list(rows)),
    }


def _counts_within(user: User, wanted: DownloadFilter) -> Counts:
    """How many each tab would show with the rest of the filter as it is."""
    found = downloads.list_downloads(user=user, filter=replace(wanted, status=""))
    rows = found.order_by().values_list("status")
    return Counts(**dict(rows.annotate(number=Count("id"))))
