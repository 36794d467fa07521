"""Batches: all of a person's, and one with its totals and rows."""

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from core.models import Status
from core.pages import back, done, page
from downloads.selectors import batches, queue
from downloads.services import archive
from downloads.services import batches as work

PER_PAGE = 50


@page
@require_safe
def list_batches(request: SignedInRequest) -> HttpResponse:
    return render(request, "downloads/batch_list.html", _list_of(request))


@page
@require_safe
def list_fragment(request: SignedInRequest) -> HttpResponse:
    return render(request, "downloads/_batches.html", _list_of(request))


@page
@require_safe
def detail(request: SignedInRequest, batch_id: int) -> HttpResponse:
    return render(request, "downloads/batch_detail.html", _detail_of(request, batch_id))


@page
@require_safe
def detail_fragment(request: SignedInRequest, batch_id: int) -> HttpResponse:
    return render(request, "downloads/_batch.html", _detail_of(request, batch_id))


@page
@require_POST
def cancel(request: SignedInRequest, batch_id: int) -> HttpResponse:
    batch = batches.get_batch(user=request.user, batch_id=batch_id)
    number = work.cancel_batch(by=request.user, batch=batch)
    said = ngettext("Cancelled %(count)d.", "Cancelled %(count)d.", number)
    return done(request, said % {"count": number}, to=back(request), level="info")


@page
@require_POST
def retry_failed(request: SignedInRequest, batch_id: int) -> HttpResponse:
    batch = batches.get_batch(user=request.user, batch_id=batch_id)
    outcome = work.retry_failed(by=request.user, batch=batch)
    if not outcome.done:
        return done(request, _("There was nothing to retry."), to=back(request), level="info")
    said = ngettext(
        "%(count)d is in the queue again.", "%(count)d are in the queue again.", outcome.done
    )
    return done(request, said % {"count": outcome.done}, to=back(request))


@page
@require_safe
def zip_file(request: SignedInRequest, batch_id: int) -> HttpResponseBase:
    batch = batches.get_batch(user=request.user, batch_id=batch_id)
    return archive.zip_response(user=request.user, batch=batch)


def _list_of(request: SignedInRequest) -> dict[str, object]:
    found = batches.list_batches(user=request.user)
    rows = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    states = batches.states_of(rows)
    return {"rows": rows, "batches": [(batch, states[batch.pk]) for batch in rows]}


def _detail_of(request: SignedInRequest, batch_id: int) -> dict[str, object]:
    batch = batches.get_batch(user=request.user, batch_id=batch_id)
    state = batches.state_of(batch)
    status = request.GET.get("status", "")
    items = batches.list_items(user=request.user, batch=batch).exclude(download=None)
    if status in Status.values:
        items = items.filter(download__status=status)
    rows = Paginator(items, PER_PAGE).get_page(request.GET.get("page"))
    found = {one.pk: one for one in batches.downloads_of(user=request.user, items=rows)}
    downloads = [found[item.download_id] for item in rows if item.download_id in found]
    return {
        "batch": batch,
        "state": state,
        "waits_for_account": state.queued and batch.credential and not batch.credential.is_active,
        "status": status,
        "rows": rows,
        "downloads": downloads,
        "positions": queue.positions_of(downloads),
        "skipped": batches.list_skipped(user=request.user, batch=batch),
    }
