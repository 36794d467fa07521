"""One download: its page, its picture, and what can be done to it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from core.errors import Invalid
from core.pages import back, done, page, toast, wants_fragment
from downloads.forms import QueueForm
from downloads.models import Download
from downloads.selectors import batches, downloads, queue
from downloads.services import listing as looks
from downloads.services import queueing
from downloads.services.queueing import Queued
from downloads.views.dashboard import render_dashboard

LISTED = 1000


@page
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    if request.method != "POST":  # a refused form loaded anew, or come back to
        return redirect("home")
    form = QueueForm(request.POST)
    if form.is_valid():
        try:
            if looks.leads_to_list(form.cleaned_data["url"]):
                return _look(request, form.cleaned_data["url"])
            queued = queueing.queue_download(by=request.user, request=form.request())
        except Invalid as error:
            form.take(error.errors)
        else:
            return _created(request, queued)
    if wants_fragment(request):
        return render(request, "downloads/_queue_form.html", {"form": form}, status=422)
    return render_dashboard(request, form, status=422)


@page
@require_safe
def detail(request: SignedInRequest, download_id: int) -> HttpResponse:
    context = _detail_of(request, download_id)
    return render(request, "downloads/download_detail.html", context)


@page
@require_safe
def detail_fragment(request: SignedInRequest, download_id: int) -> HttpResponse:
    return render(request, "downloads/_detail.html", _detail_of(request, download_id))


@page
@require_POST
def cancel(request: SignedInRequest, download_id: int) -> HttpResponse:
    download = downloads.get_download(user=request.user, download_id=download_id)
    queueing.cancel_download(by=request.user, download=download)
    return done(request, _("Cancelled."), to=back(request), level="info")


@page
@require_POST
def retry(request: SignedInRequest, download_id: int) -> HttpResponse:
    download = downloads.get_download(user=request.user, download_id=download_id)
    queueing.retry_download(by=request.user, download=download)
    return done(request, _("It is in the queue again."), to=back(request))


@page
@require_http_methods(["GET", "HEAD", "POST"])
def purge(request: SignedInRequest, download_id: int) -> HttpResponse:
    """Asked once, with the name and size of what goes."""
    download = downloads.get_download(user=request.user, download_id=download_id)
    if request.method == "POST":
        queueing.cancel_download(by=request.user, download=download, purge=True)
        return done(request, _("The video was deleted."), to=reverse("downloads:list"))
    name = "_purge" if wants_fragment(request) else "download_purge"
    return render(request, f"downloads/{name}.html", {"download": download})


def _detail_of(request: SignedInRequest, download_id: int) -> dict[str, object]:
    download = downloads.get_download(user=request.user, download_id=download_id)
    return {
        "download": download,
        "position": queue.position_of(download),
        "batches": list(batches.of_download(user=request.user, download=download)),
        "waits_for_account": downloads.wait_reason(download) == downloads.NEEDS_CONSENT,
        "history": downloads.history(user=request.user, download=download),
    }


def _look(request: SignedInRequest, url: str) -> HttpResponse:
    """A link to many videos: they are listed first, to pick from."""
    made = looks.request_listing(by=request.user, url=url, most=LISTED)
    to = reverse("downloads:listing", args=[made.pk])
    if wants_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    return redirect(to)


def _created(request: SignedInRequest, queued: Queued) -> HttpResponse:
    text, level = _said_of(queued.download, created=queued.created)
    if wants_fragment(request):
        response = render(request, "downloads/_queue_form.html", {"form": QueueForm()})
        return toast(response, text, level=level)
    return done(request, text, to=reverse("home"), level=level)


def _said_of(download: Download, *, created: bool) -> tuple[str, str]:
    if not created:
        return _("This is under way already."), "info"
    if download.linked:
        return _("Your library has this video already: nothing was fetched again."), "info"
    return _("It is in the queue."), "success"
