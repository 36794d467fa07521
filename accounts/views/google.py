"""The page of one's Google accounts, and what can be done to each."""

from dataclasses import dataclass, field

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import selectors, tallies, wording
from accounts.forms import ConsentForm
from accounts.google import scopes
from accounts.google.scopes import Bundle
from accounts.models import Credential, CredentialStatus
from accounts.requests import SignedInRequest
from accounts.services import connecting, credentials
from accounts.views.policy import leads_to_google
from core.errors import Invalid, NotFound, Unavailable
from core.pages import back, done, page, wants_fragment


@dataclass(frozen=True, slots=True)
class Card:
    """An account with what is known about it. `figures`: see accounts.tallies."""

    credential: Credential
    groups: list[wording.Group] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)


@leads_to_google
@page
@require_safe
def list_accounts(request: SignedInRequest) -> HttpResponse:
    """One's own; those of others are the back office's."""
    own = selectors.list_credentials(user=request.user).filter(owner=request.user).connected()
    context = {
        "cards": _cards(list(own)),
        "configured": connecting.is_configured(),
        "trouble": wording.TROUBLES.get(request.GET.get("problem", "")),
    }
    return render(request, "accounts/google_list.html", context)


@page
@require_POST
def consent(request: SignedInRequest, credential_id: int) -> HttpResponseBase:
    """Straight to Google, for exactly what is missing, or for all again after a lost grant."""
    credential = _own(request, credential_id)
    form = ConsentForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("There is no such permission."))
    return connecting.start_consent(
        request,
        owner=request.user,
        bundles=_to_ask_for(credential, form.cleaned_data["bundle"]),
        tenant_id=credential.tenant_id,
        login_hint=credential.email,
        next_url=reverse("google:list"),
    )


@page
@require_POST
def check(request: SignedInRequest, credential_id: int) -> HttpResponse:
    credential = selectors.get_credential(user=request.user, credential_id=credential_id)
    to = back(request, "google:list")
    try:
        checked = credentials.check_credential(by=request.user, credential=credential)
    except Unavailable as error:  # it says nothing about the account
        return done(request, str(error), to=to, level="warning")
    if checked.is_active:
        text = _("%(email)s works.") % {"email": checked.email}
        return done(request, text, to=to)
    text = _("%(email)s does not work any more: reconnect it.") % {"email": checked.email}
    return done(request, text, to=to, level="warning")


@page
@require_http_methods(["GET", "HEAD", "POST"])
def disconnect(request: SignedInRequest, credential_id: int) -> HttpResponse:
    """Asked once, with what stays, what waits and who else is concerned."""
    credential = selectors.get_credential(user=request.user, credential_id=credential_id)
    if request.method == "POST":
        credentials.disconnect_credential(by=request.user, credential=credential)
        text = _("%(email)s is disconnected.") % {"email": credential.email}
        return done(request, text, to=reverse("google:list"))
    context = {
        "credential": credential,
        "figures": tallies.of([credential.pk])[credential.pk],
        "shared": selectors.is_shared(credential),
    }
    name = "_google_disconnect" if wants_fragment(request) else "google_disconnect"
    return render(request, f"accounts/{name}.html", context)


def _cards(rows: list[Credential]) -> list[Card]:
    figures = tallies.of([row.pk for row in rows])
    return [Card(row, wording.groups(row.granted_scopes), figures[row.pk]) for row in rows]


def _own(request: SignedInRequest, credential_id: int) -> Credential:
    """Nobody, staff included, can consent for somebody else."""
    found = selectors.get_credential(user=request.user, credential_id=credential_id)
    if found.owner_id != request.user.pk:
        raise NotFound
    return found


def _to_ask_for(credential: Credential, wanted: Bundle | None) -> list[Bundle]:
    """Google adds to a living grant; one that is dead begins anew with everything it had."""
    if wanted is not None and credential.status == CredentialStatus.ACTIVE:
        return [wanted]
    had = {scopes.bundle_of(one) for one in credential.capabilities} | {Bundle.CLASSROOM}
    asked = had | {wanted} if wanted else had
    return [bundle for bundle in Bundle if bundle in asked]
