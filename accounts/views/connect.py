"""Connecting a Google account: what it means, the way to Google, and links for others."""

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import wording
from accounts.forms import ConnectForm
from accounts.google import scopes
from accounts.google.scopes import Bundle
from accounts.links import LinkStatus, status_of
from accounts.models import ConnectLink
from accounts.requests import SignedInRequest
from accounts.services import connecting
from accounts.views.policy import leads_to_google
from core.errors import NotFound
from core.pages import page
from core.problem_pages import problem_page

GONE = 410


@leads_to_google
@page
@require_http_methods(["GET", "HEAD", "POST"])
def connect(request: SignedInRequest) -> HttpResponseBase:
    """Everything one may want to know before, and one button."""
    if not connecting.is_configured():
        told = {"redirect_uri": connecting.redirect_uri(request)}
        return render(request, "accounts/google_unset.html", told)
    form = ConnectForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return connecting.start_consent(
            request,
            owner=request.user,
            bundles=form.bundles(),
            tenant_id=form.cleaned_data["tenant_id"].strip(),
            next_url=reverse(settings.CONNECTED_URL),
        )
    context = {"form": form, "permissions": wording.PERMISSIONS, **_for_the_school(request)}
    return render(request, "accounts/google_connect.html", context)


@leads_to_google
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponseBase:
    """Open to everybody who has the link: who asks, for whom, and for what."""
    try:
        found = connecting.read_connect_link(token=token)
    except NotFound:
        return problem_page(request, status=404, message=_("This link leads nowhere."))
    if status_of(found) != LinkStatus.PENDING:
        return _result(request, found, status=GONE)
    if not connecting.is_configured():
        return problem_page(request, status=503, message=_("Google is not set up on this site"))
    if request.method == "POST":
        return _off_to_google(request, found, token)
    asked = [wording.PERMISSIONS[Bundle(bundle)] for bundle in found.bundles]
    context = {"link": found, "asked": asked, "minutes": connecting.LINK_MINUTES}
    return render(request, "accounts/link.html", context)


@never_cache
@require_safe
def link_result(request: HttpRequest, token: str) -> HttpResponse:
    """Where Google's answer ends; the requester's own page follows where there is one."""
    try:
        found = connecting.read_connect_link(token=token)
    except NotFound:
        return problem_page(request, status=404, message=_("This link leads nowhere."))
    if status_of(found) == LinkStatus.PENDING:
        return redirect("google:link", token=token)
    if found.return_url and status_of(found) == LinkStatus.CONNECTED:
        return redirect(_back_to(found))
    return _result(request, found)


def _off_to_google(request: HttpRequest, link: ConnectLink, token: str) -> HttpResponseBase:
    return connecting.start_consent(
        request,
        owner=link.owner,
        bundles=[Bundle(bundle) for bundle in link.bundles],
        tenant_id=link.tenant_id,
        login_hint=link.login_hint,
        next_url=reverse("google:link-result", args=[token]),
        link=link,
    )


def _result(request: HttpRequest, link: ConnectLink, *, status: int = 200) -> HttpResponse:
    context = {
        "link": link,
        "state": status_of(link),
        "trouble": wording.trouble(link.problem),
        "return_url": _back_to(link) if link.return_url else "",
        "return_host": urlsplit(link.return_url).netloc,
    }
    return render(request, "accounts/link_result.html", context, status=status)


def _back_to(link: ConnectLink) -> str:
    """The requester's address, told which link this was and how it ended."""
    told = urlencode({"connect_link_id": link.pk, "status": status_of(link)})
    parts = urlsplit(link.return_url)
    return parts._replace(query=f"{parts.query}&{told}".lstrip("&")).geturl()


def _for_the_school(request: HttpRequest) -> dict[str, object]:
    """What its IT has to know to allow this site."""
    return {
        "client_id": settings.GOOGLE_CLIENT_ID,
        "redirect_uri": connecting.redirect_uri(request),
        "origin": f"{request.scheme}://{request.get_host()}",
        "scopes": scopes.to_ask_for([Bundle.CLASSROOM, Bundle.ROSTERS, Bundle.DRIVE]),
    }
