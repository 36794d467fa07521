"""The list of downloads, filtered by what its address says."""

from dataclasses import replace

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.requests import SignedInRequest
from core.pages import page
from downloads.forms import FilterForm
from downloads.selectors import downloads, queue
from downloads.selectors.downloads import DownloadFilter
from downloads.selectors.queue import Counts

PER_PAGE = 25


@page
@require_safe
def list_downloads(request: SignedInRequest) -> HttpResponse:
    return render(request, "downloads/download_list.html", _list_of(request))


@page
@require_safe
def list_fragment(request: SignedInRequest) -> HttpResponse:
    """The rows alone; a change of the filter also changes the address of the page."""
    response = render(request, "downloads/_list.html", _list_of(request))
    if request.headers.get("HX-Trigger") == "filters":
        response["HX-Push-Url"] = f"{reverse('downloads:list')}?{request.GET.urlencode()}"
    return response


def _list_of(request: SignedInRequest) -> dict[str, object]:
    form = FilterForm(request.GET)
    wanted = form.filter()
    found = downloads.list_downloads(user=request.user, filter=wanted)
    rows = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return {
        "form": form,
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
