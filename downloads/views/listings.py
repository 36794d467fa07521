"""A list that was looked at: what is in it, to pick from."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from core import links
from core.errors import Invalid
from core.pages import done, page
from downloads.forms import PickForm
from downloads.selectors import listings
from downloads.services import listing as looks
from downloads.services import picking
from downloads.taxonomy import explain


@page
@require_safe
def detail(request: SignedInRequest, listing_id: int) -> HttpResponse:
    context = _detail_of(request, listing_id)
    return render(request, "downloads/listing_detail.html", context)


@page
@require_safe
def detail_fragment(request: SignedInRequest, listing_id: int) -> HttpResponse:
    """While it is read; afterwards the page is loaded anew, with what counts the ticks."""
    found = listings.get_listing(user=request.user, listing_id=listing_id)
    if not found.is_active:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "downloads/_listing.html", _detail_of(request, listing_id))


@page
@require_POST
def again(request: SignedInRequest, listing_id: int) -> HttpResponse:
    """Read the list anew, as it is now."""
    old = listings.get_listing(user=request.user, listing_id=listing_id)
    made = looks.request_listing(by=request.user, url=old.url, most=old.most)
    return redirect("downloads:listing", made.pk)


@page
@require_POST
def download(request: SignedInRequest, listing_id: int) -> HttpResponse:
    """What is ticked, or all of it."""
    found = listings.get_listing(user=request.user, listing_id=listing_id)
    form = PickForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("These choices do not go together."))
    places = form.places()
    if places == []:
        raise Invalid(_("Tick at least one video first."), code="nothing_picked")
    queued = picking.queue_picked(
        by=request.user, listing=found, places=places, wishes=form.wishes()
    )
    new = sum(one.created and not one.download.linked for one in queued)
    said = ngettext("%(count)d is in the queue.", "%(count)d are in the queue.", new)
    text = said % {"count": new} if new else _("You have these already, or they are under way.")
    return done(request, text, to=reverse("downloads:list"), level="success" if new else "info")


def _detail_of(request: SignedInRequest, listing_id: int) -> dict[str, object]:
    found = listings.get_listing(user=request.user, listing_id=listing_id)
    search = request.GET.get("search", "")[:200]
    rows = listings.entries_of(user=request.user, listing=found, search=search)
    return {
        "listing": found,
        "search": search,
        "rows": rows,
        "wanted_number": sum(row.is_wanted for row in rows),
        "explanation": explain(found.error_code) if found.error_code else None,
        "form": PickForm(),
        "can_watch": links.playlist_of(found.url) is not None,
    }
